"""Whom a function turns away, as far as its code tells: who has not signed in, has no role, owns nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import Auth, BranchFrame, Get, HelperCall, OtherCall, Read, Return, Run, Throw
from scaffold.rules._ways import origins
from scaffold.source import nodes as n
from scaffold.source.walk import operands, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_HOPS = 3  # functions that call functions that check
_ROLE = re.compile(r"role|rank|permission|scope", re.IGNORECASE)
_DATA = {"db", "scheduler", "storage"}
_DIFFERS = {"!=", "!=="}
_EQUALITY = {"==", "===", *_DIFFERS}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A way out of a function, and what decides about it."""

    reached: Reached
    frame: BranchFrame
    made_of: tuple[vs.Value, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """An argument with the id of a document that must be the caller's.

    `by` are arguments that say who that is; empty where it is the identity.
    """

    argument: str
    table: str
    by: frozenset[str] = frozenset()


def needs_identity(function: Function, hops: int = _HOPS) -> bool:
    """Whether the function turns away, on every path, who has not signed in."""
    project = function.module.project
    if not project.access_checks.isdisjoint(function.builder.names):
        return True
    if any(
        isinstance(reached.step, HelperCall) and reached.step.name in project.access_checks
        for reached in function.reached
    ):
        return True
    identifying = _identifying(function)
    for refusal in refusals(function):
        if (
            not any(map(_is_choice, refusal.reached.via))
            and not _wants_nobody(refusal.frame)
            and not _is_of_signed_in(refusal, identifying)
            and not _is_unknown(refusal)
            and any(
                isinstance(value, vs.Result) and id(value.step) in identifying for value in refusal.made_of
            )
        ):
            return True
    return bool(hops) and any(
        needs_identity(target, hops - 1)
        for run, target in _runs(function)
        if not _is_choice(run.step) and not any(map(_is_choice, run.via))
    )


def role(function: Function) -> str:
    """The role that a caller must have; empty where there is none, or it cannot be told."""
    for refusal in refusals(function):
        text = refusal.reached.step.body.module.text(refusal.frame.test)
        names = [value.value for value in refusal.made_of if isinstance(value, vs.Literal)]
        roles = [name for name in names if isinstance(name, str) and name]
        is_about_role = _ROLE.search(text) and speaks_of_caller(refusal.made_of)
        if is_about_role and len(roles) == 1 and _asks_for_more(refusal.frame):
            return roles[0]
    return ""


def owned(function: Function) -> list[Owned]:
    """The arguments with ids of documents that must be the caller's."""
    found = {each.argument: each for each in _owned(function, _HOPS) if not each.by}
    return list(found.values())


def _owned(function: Function, hops: int) -> Iterator[Owned]:
    gets = {id(reached.step): reached for reached in function.reached if isinstance(reached.step, Get)}
    for refusal in refusals(function):
        others = frozenset(
            value.path[0] for value in refusal.made_of if isinstance(value, vs.Argument) and value.path
        )
        for value in refusal.made_of:
            get = gets.get(id(value.step)) if isinstance(value, vs.Result) and value.path else None
            named = _argument_of(get) if get is not None else None
            if named is None:
                continue
            if speaks_of_caller(refusal.made_of):
                yield Owned(*named)
            elif others - {named[0]}:
                yield Owned(*named, by=others - {named[0]})
    if hops:
        for run, target in _runs(function):
            for each in _owned(target, hops - 1):
                yield from _handed_on(run, each)


def _handed_on(run: Reached, inner: Owned) -> Iterator[Owned]:
    """What a called function asks of its arguments, said of those of its caller."""
    step = run.step
    given = step.body.value(step.arguments) if isinstance(step, Run) and step.arguments is not None else None
    literal = given.node if isinstance(given, vs.Computed) else getattr(step, "arguments", None)
    if not isinstance(literal, n.Object):
        return
    made_of = {
        part.key: origins(part.value, step.body, run.via)
        for part in literal.properties
        if part.key is not None
    }
    ids = [value for value in made_of.get(inner.argument, ()) if isinstance(value, vs.Argument)]
    from_caller = not inner.by or any(speaks_of_caller(made_of.get(name, ())) for name in inner.by)
    if len(ids) == 1 and len(ids[0].path) == 1 and from_caller:
        yield Owned(ids[0].path[0], inner.table)


def _argument_of(reached: Reached) -> tuple[str, str] | None:
    """The argument by which a document is found, and its table."""
    step = reached.step
    if not isinstance(step, Get) or not isinstance(step.table, str):
        return None
    found = {value for value in origins(step.id, step.body, reached.via) if isinstance(value, vs.Argument)}
    names = {value.path[0] for value in found if len(value.path) == 1}
    return (names.pop(), step.table) if len(names) == 1 else None


def refusals(function: Function) -> Iterator[Refusal]:
    """Where the function throws, or returns nothing, by a condition."""
    for reached in function.reached:
        if not isinstance(reached.step, Throw) and not _returns_nothing(reached):
            continue
        frames = [frame for frame in reached.step.frames if isinstance(frame, BranchFrame)]
        if frames:
            test = origins(frames[-1].test, reached.step.body, reached.via)
            yield Refusal(reached, frames[-1], test)


def _returns_nothing(reached: Reached) -> bool:
    step = reached.step
    if not isinstance(step, Return) or reached.via:
        return False
    if step.value is None:
        return True
    value = step.body.value(step.value)
    if isinstance(value, vs.Literal):
        return value.value in {None, False}
    return isinstance(value, vs.Computed) and isinstance(value.node, n.Array) and not value.node.items


def _identifying(function: Function) -> set[int]:
    """The steps whose result tells who is calling: `getUserIdentity()`, and helpers and queries around it."""
    found: set[int] = set()
    for reached in function.reached:
        if isinstance(reached.step, Auth):
            found |= {id(reached.step), *map(id, reached.via)}
    return found


def speaks_of_caller(made_of: tuple[vs.Value, ...]) -> bool:
    """Whether something is made of who is calling."""
    return any(_is_caller(value) for value in made_of)


def _is_caller(value: vs.Value) -> bool:
    match value:
        case vs.Context(path=(first, *_)):
            return first not in _DATA
        case vs.Result(step=Auth()):
            return True
        case vs.Result(step=HelperCall() as step):
            return step.callee is not None and _asks(step.callee.steps)
        case vs.Result(step=Run() as step):
            target = step.body.project.resolve(step.target)
            return target is not None and any(target.steps(Auth))
        case vs.Result(step=Read() as step):
            values = (each for comparison in step.comparisons for each in step.body.origins(comparison.value))
            return any(isinstance(each, vs.Result) and isinstance(each.step, Auth) for each in values)
    return False


def _asks(steps: tuple[Step, ...], depth: int = _HOPS) -> bool:
    """Whether a helper looks at the identity, itself or through others."""
    if any(isinstance(step, Auth) for step in steps):
        return True
    callees = (step.callee for step in steps if isinstance(step, HelperCall) and step.callee is not None)
    return depth > 0 and any(_asks(callee.steps, depth - 1) for callee in callees)


def _runs(function: Function) -> Iterator[tuple[Reached, Function]]:
    for reached in function.reached:
        if isinstance(reached.step, Run):
            target = function.module.project.resolve(reached.step.target)
            if target is not None and target is not function:
                yield reached, target


def _wants_nobody(frame: BranchFrame) -> bool:
    """Whether those are turned away who have signed in: `if (identity !== null) throw`."""
    test = frame.test
    if isinstance(test, n.Binary):
        has_null = any(isinstance(side, n.Constant) for side in (test.left, test.right))
        return has_null and (test.operator in _DIFFERS) == frame.taken and test.operator in _EQUALITY
    return isinstance(test, n.Name | n.Member) and frame.taken


def _is_of_signed_in(refusal: Refusal, identifying: set[int]) -> bool:
    """Whether only those are turned away who have signed in: `if (user && user._id === ownerId) throw`."""
    step, via = refusal.reached.step, refusal.reached.via
    return refusal.frame.taken and any(
        isinstance(value, vs.Result) and id(value.step) in identifying
        for part in operands(refusal.frame.test, "&&")
        if isinstance(part, n.Name | n.Member)
        for value in origins(part, step.body, via)
    )


def _is_unknown(refusal: Refusal) -> bool:
    """Whether a call decides that gets the context and cannot be followed: it may look at anything."""
    body, tested = refusal.reached.step.body, refusal.frame.test
    while isinstance(tested, n.Unary | n.Await):
        tested = tested.value
    value = body.value(tested)
    return (
        isinstance(value, vs.Result)
        and isinstance(value.step, OtherCall)
        and any(
            isinstance(each, vs.Context)
            for argument in value.step.arguments
            for each in body.origins(argument)
        )
    )


def _asks_for_more(frame: BranchFrame) -> bool:
    """Whether it must hold to go on: not `if (role === "banned") throw`. Ranks are compared otherwise."""
    nodes = (node for node in walk(frame.test) if isinstance(node, n.Binary))
    compared = [node for node in nodes if node.operator in _EQUALITY]
    return not compared or any((node.operator in _DIFFERS) == frame.taken for node in compared)


def _is_choice(step: Step) -> bool:
    return any(isinstance(frame, BranchFrame) for frame in step.frames)
