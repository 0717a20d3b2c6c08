"""Ways past the checks of a function: branches without one, and what is done before the first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind, Reached
from scaffold.model.mixing import alternatives
from scaffold.model.steps import BranchFrame, External, Run, Schedule
from scaffold.rules._nodes import EQUALITIES, walk
from scaffold.rules._services import is_service
from scaffold.rules.access._checks import choice_of_caller
from scaffold.rules.access._deeds import weight_of
from scaffold.rules.access._idle import calls_to
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Step

# What an action may do for whoever calls it.
_ASIDE = regex(r"log|audit|track|count|limit|throttl|metric|attempt", re.IGNORECASE)

_NOTHING = (vs.Literal(None), vs.UNSET)


def way_around(function: Function, known: Collection[Reached], touched: list[Reached]) -> Reached | None:
    """Data on a path around every check, chosen by the caller's arguments alone."""
    choices = [(reached, choice_of_caller(reached)) for reached in (*known, *calls_to(function, known))]
    if any(choice is None or _asks_how_many(choice) for _, choice in choices):
        return None
    asked = {_question(reached, choice) for reached, choice in choices if choice is not None}
    if any((question, not taken) in asked for question, taken in asked):
        return None
    arms = {(choice.node.start, choice.taken) for _, choice in choices if choice is not None}
    found = {step for check, _ in choices for step in check.levels}
    free = [each for each in touched if not (arms & _arms(each) or _is_behind(each, found))]
    return max(free, key=lambda reached: weight_of(reached.step), default=None)


def _is_behind(reached: Reached, found: Collection[Step]) -> bool:
    """Whether a step is only come to where a check has found something: `if (!session) throw` before it."""
    for step in reached.levels:
        there = (node for test, held in step.outcomes for node in _there(test, held=held))
        if any(_is_found(node, step.body, found) for node in there):
            return True
    return False


def _there(test: n.Expression, *, held: bool) -> Iterator[n.Expression]:
    """What is there, and not nothing, once a test came out so."""
    match test:
        case n.Unary(operator="!", value=value):
            yield from _there(value, held=not held)
        case n.Binary(operator="&&" | "||" as operator, left=left, right=right):
            if (operator == "&&") == held:
                yield from _there(left, held=held)
                yield from _there(right, held=held)
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            if _is_told_apart(right, equal=held == (operator in {"==", "==="})):
                yield from _down(left)
        case n.Name() | n.Member() if held:
            yield from _down(test)


def _is_told_apart(constant: n.Expression, *, equal: bool) -> bool:
    """Whether only something, and not nothing, equals a constant, or does not."""
    if isinstance(constant, n.Constant) and constant.value in {None, "undefined"}:
        return not equal
    return equal and isinstance(constant, n.String | n.Number | n.Constant)


def _down(node: n.Expression) -> Iterator[n.Expression]:
    """What has to be there for something to be: all of `a`, `a.b` and `a?.b.c`."""
    yield node
    while isinstance(node, n.Member):
        node = node.object
        yield node


def _is_found(node: n.Expression, body: Body, found: Collection[Step]) -> bool:
    """Whether a variable holds what a check gives, or nothing."""
    given = [each for each in alternatives(body.value(node)) if each not in _NOTHING]
    return bool(given) and all(isinstance(each, vs.Result) and each.step in found for each in given)


def before_asking(function: Function, known: Collection[Reached], touched: list[Reached]) -> Reached | None:
    """What an action has done before its first check; a mutation's is taken back if the check throws."""
    if function.kind is not Kind.ACTION:
        return None
    order = {id(reached): place for place, reached in enumerate(function.reached)}
    first = min(order[id(reached)] for reached in known)
    return next((each for each in touched if order[id(each)] < first and _is_change(each)), None)


def _is_change(reached: Reached) -> bool:
    """Whether a step changes something, whatever branch is taken, and not only to keep a log or a limit."""
    step = reached.step
    if isinstance(step, External):
        return is_service(step) and not step.frames
    if not isinstance(step, Schedule | Run) or (isinstance(step, Run) and step.method != "runMutation"):
        return False
    target = step.body.project.resolve(step.target)
    return target is not None and not step.frames and _ASIDE.search(target.name) is None


def _asks_how_many(choice: BranchFrame) -> bool:
    """`if (args.ids.length > 0)`: where there are none, nothing is done."""
    return any(isinstance(part, n.Member) and part.property == "length" for part in walk(choice.test))


def _question(reached: Reached, choice: BranchFrame) -> tuple[str, bool]:
    """What a branch asks, as it is written, and the answer that leads to a check."""
    test, taken = choice.test, choice.taken
    while isinstance(test, n.Unary) and test.operator == "!":
        test, taken = test.value, not taken
    body = next(step.body for step in reached.levels if choice in step.frames)
    return body.module.text(test), taken


def asks_whether_given(check: Reached) -> bool:
    """Whether what leads to a check only asks if an argument was given; a kind may need no check."""
    choice = choice_of_caller(check)
    return choice is not None and _is_whether_given(choice.test)


def _is_whether_given(test: n.Expression) -> bool:
    """Whether a branch only asks if an argument was given."""
    match test:
        case n.Unary(operator="!", value=value):
            return _is_whether_given(value)
        case n.Binary(operator="&&" | "||", left=left, right=right):
            return _is_whether_given(left) and _is_whether_given(right)
        case n.Binary(right=n.Constant(value=None | "undefined")):
            return True
    return isinstance(test, n.Name | n.Member)


def _arms(reached: Reached) -> set[tuple[int, bool]]:
    frames = (frame for step in reached.levels for frame in step.frames)
    return {(frame.node.start, frame.taken) for frame in frames if hasattr(frame, "taken")}
