"""Whether what a step throws is caught on its way out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.model.steps import ClosureFrame, HelperCall, OtherCall, TryFrame
from scaffold.model.values import Parameter
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.steps import Step


def is_caught(step: Step) -> bool:
    """Whether a try, a `.catch(…)` or the helper that runs a callback keeps what a step throws."""
    for frame in step.frames:
        if isinstance(frame, TryFrame) and frame.part == "body" and frame.node.catches:
            if not _throws(frame.node.handler, frame.node.parameter):
                return True
        elif isinstance(frame, ClosureFrame) and _is_run_with_care(frame, step):
            return True
    return any(start <= step.node.start < end for start, end in _kept(step.body))


@lru_cache(maxsize=4096)
def _kept(body: Body) -> tuple[tuple[int, int], ...]:
    """The promises of a body whose errors a `.catch(…)` keeps."""
    calls = (node.callee for node in walk(body.function) if isinstance(node, n.Call) and _keeps(node))
    return tuple((each.object.start, each.object.end) for each in calls if isinstance(each, n.Member))


def _throws(handler: tuple[n.Statement, ...], parameter: n.Expression | None) -> bool:
    """Whether a handler throws again what it was given: `catch (error) { log(error); throw error; }`."""
    if not isinstance(parameter, n.Name):
        return False
    thrown = (part.value for part in handler if isinstance(part, n.Throw))
    return any(isinstance(value, n.Name) and value.name == parameter.name for value in thrown)


def _keeps(node: n.Call) -> bool:
    """Whether a call is `promise.catch(…)` whose handler does not throw again."""
    match node:
        case n.Call(
            callee=n.Member(property="catch"), arguments=(n.Function(parameters=given, body=body), *_)
        ):
            return not _throws(body, given[0].pattern if given else None)
        case n.Call(callee=n.Member(property="catch"), arguments=(_, *_)):
            return True
    return False


def _is_run_with_care(frame: ClosureFrame, step: Step) -> bool:
    """Whether a helper catches what a callback throws: `attempt(async () => …)`."""
    call = step.body.result(frame.call) if frame.call is not None else None
    if not isinstance(call, HelperCall) or call.callee is None or frame.node not in call.arguments:
        return False
    given = Parameter(call.arguments.index(frame.node))
    runs = [each for each in call.callee.steps if isinstance(each, OtherCall) and each.value == given]
    return bool(runs) and all(map(is_caught, runs))
