"""Whether what a step throws is caught on its way out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.model.steps import ClosureFrame, HelperCall, OtherCall, TryFrame
from scaffold.model.values import Parameter
from scaffold.rules._nodes import nodes_of
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Frame, Step

_HELPERS = 3  # that hand a callback on, one to the other


def is_caught(step: Step, depth: int = _HELPERS) -> bool:
    """Whether a try, a promise's handler or the helper that runs a callback keeps what a step throws.

    A handler that throws again what it was given keeps nothing.
    """
    if any(not _throws(tried.handler, tried.parameter) for tried in catching(step.frames)):
        return True
    closures = (frame for frame in step.frames if isinstance(frame, ClosureFrame))
    if any(_is_run_with_care(frame, step, depth) for frame in closures):
        return True
    return any(start <= step.node.start < end for start, end in _kept(step.body))


def catching(frames: Iterable[Frame]) -> Iterator[n.Try]:
    """The tries among what stands around a step whose catch gets its error."""
    for frame in frames:
        if isinstance(frame, TryFrame) and frame.part == "body" and frame.node.catches:
            yield frame.node


@lru_cache(maxsize=4096)
def _kept(body: Body) -> tuple[tuple[int, int], ...]:
    """The parts of a body whose errors a call around them keeps."""
    return tuple((part.start, part.end) for call in nodes_of(body, n.Call) for part in _kept_by(call))


def _kept_by(call: n.Call) -> tuple[n.Expression, ...]:
    """What a call keeps the errors of: `promise.catch(…)`, `promise.then(…, …)`, `Promise.allSettled(…)`."""
    if not isinstance(call.callee, n.Member):
        return ()
    match call.callee.property, call.arguments:
        case "allSettled", arguments:
            return arguments
        case ("catch", (handler, *_)) | ("then", (_, handler, *_)) if not _passes_on(handler):
            return (call.callee.object,)
    return ()


def _passes_on(handler: n.Expression) -> bool:
    """Whether what handles an error throws it again."""
    if not isinstance(handler, n.Function):
        return False
    return _throws(handler.body, handler.parameters[0].pattern if handler.parameters else None)


def _throws(handler: tuple[n.Statement, ...], parameter: n.Expression | None) -> bool:
    """Whether a handler throws again what it was given: `catch (error) { log(error); throw error; }`."""
    if not isinstance(parameter, n.Name):
        return False
    thrown = (part.value for part in handler if isinstance(part, n.Throw))
    return any(isinstance(value, n.Name) and value.name == parameter.name for value in thrown)


def _is_run_with_care(frame: ClosureFrame, step: Step, depth: int) -> bool:
    """Whether a helper catches what a callback throws: `attempt(async () => …)`."""
    call = step.body.result(frame.call) if frame.call is not None else None
    if not isinstance(call, HelperCall) or frame.node not in call.arguments:
        return False
    return _takes_care(call, call.arguments.index(frame.node), depth)


def _takes_care(call: HelperCall, index: int, depth: int) -> bool:
    """Whether a helper catches what an argument throws, wherever it runs it or hands it on."""
    if call.callee is None or not depth:
        return False
    given = Parameter(index)
    kept = []
    for step in call.callee.steps:
        if isinstance(step, OtherCall) and step.value == given:
            kept.append(is_caught(step, depth - 1))
        elif isinstance(step, HelperCall):
            places = [place for place, each in enumerate(step.arguments) if step.body.value(each) == given]
            kept += (is_caught(step, depth - 1) or _takes_care(step, place, depth - 1) for place in places)
    return bool(kept) and all(kept)
