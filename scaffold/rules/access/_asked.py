"""Whether a function that asks who is calling makes anything of the answer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import Auth, Clock, Get, HelperCall, OtherCall, Read, Test, Write
from scaffold.rules._nodes import EQUALITIES, nodes_of, walk
from scaffold.rules._ways import origins
from scaffold.rules.access._arguments import CALLERS, argument_of
from scaffold.rules.access._ranks import RANK
from scaffold.rules.access._uses import matters
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step


def weighs(reached: Reached) -> bool:
    """Whether it is asked what the caller may do, or whom an argument names."""
    step = reached.step
    match step:
        case HelperCall(name=name) | OtherCall(name=name):
            return RANK.search(name) is not None
        case Test():
            named = argument_of(origins(step.test, step.body, reached.via), CALLERS) is not None
            words = (node.property for node in walk(step.test) if isinstance(node, n.Member))
            return (named and is_comparison(step.test, step.body)) or any(map(RANK.search, words))
    return False


def is_comparison(node: n.Expression, body: Body) -> bool:
    """Whether anything is compared in an expression, or in the variable that it is."""
    match node:
        case n.Binary(operator=operator) if operator in EQUALITIES:
            return True
        case n.Binary(left=left, right=right):
            return is_comparison(left, body) or is_comparison(right, body)
        case n.Unary(value=value):
            return is_comparison(value, body)
        case n.Name():
            known = body.value(node)
            return isinstance(known, vs.Computed) and known.node != node and is_comparison(known.node, body)
    return False


def ignores_identity(function: Function, known: Collection[Reached]) -> bool:
    """Whether the caller is asked to sign in, and then nobody looks at who it is."""
    called = [*function.builder.names, *(call.name for each in known for call in each.via)]
    if any(RANK.search(name) for name in called):
        return False
    if not all(isinstance(each.step, Auth | HelperCall) for each in known):
        return False
    if any(isinstance(each.step, HelperCall) and RANK.search(each.step.name) for each in known):
        return False
    own = [each for each in function.reached if not each.prelude and not _is_for_nothing(each)]
    return not any(map(_uses_identity, own))


def _is_for_nothing(reached: Reached) -> bool:
    """Whether a step stands in a helper whose answer nobody uses: `await requireUser(ctx);`."""
    first = reached.via[0] if reached.via else None
    if first is None or len(first.arguments) > 1 or matters(first.node, first.body):
        return False
    return first.callee is not None and not _asks_more(first.callee)


def _weighs_up(step: Step) -> bool:
    """Whether a test compares with more than nothing: `identity === null` only asks if somebody is there."""
    return isinstance(step, Test) and any(
        isinstance(part, n.Binary)
        and part.operator in EQUALITIES
        and not any(isinstance(side, n.Constant) for side in (part.left, part.right))
        for part in walk(step.test)
    )


@lru_cache(maxsize=1024)
def _asks_more(body: Body, depth: int = 3) -> bool:
    """Whether a helper looks at more than whether somebody is signed in: at a role, or a list."""
    words = (node.property for node in nodes_of(body, n.Member))
    if any(map(RANK.search, words)) or any(_weighs_up(step) for step in body.steps):
        return True
    return depth > 0 and any(
        RANK.search(call.name) is not None or call.callee is None or _asks_more(call.callee, depth - 1)
        for call in body.calls
    )


def _uses_identity(reached: Reached) -> bool:
    step = reached.step
    parts: list[n.Expression | None] = []
    match step:
        case Write():
            parts = [step.document, step.id]
        case Get():
            parts = [step.id]
        case Read():
            parts = [comparison.value for comparison in step.comparisons]
        case Test() if is_comparison(step.test, step.body):
            parts = [step.test]
        case HelperCall():
            parts = list(step.arguments)
        case _:
            pass
    found = {each for part in parts for each in origins(part, step.body, reached.via)}
    return any(_speaks_of_caller(each) for each in found)


def _speaks_of_caller(value: vs.Value) -> bool:
    match value:
        case vs.Result(step=Read() | Get() | Clock()):
            return False
        case vs.Result(step=Auth(how="ctx.auth.getUserIdentity"), path=()):
            return False
        case vs.Context(path=(first, *_)):
            return first not in {"db", "scheduler", "storage"}
        case vs.Result():
            return True
    return False
