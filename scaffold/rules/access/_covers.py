"""Whether what the caller picks is held against the caller: by a test, a read or a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Auth, DbUse, External, Get, HelperCall, OtherCall, Read, Run, Step
from scaffold.rules._nodes import EQUALITIES, walk
from scaffold.rules._ways import origins
from scaffold.rules.access._caller import SELF, Via, is_caller, roots_of, tables_of
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.access._idle import comes_through, may_refuse, tells
from scaffold.rules.access._promised import gathers
from scaffold.rules.access._questions import comparisons, looked_into, meets
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.rules.access._questions import Question

_WHOSE = regex(r"(?:[iI]d|[bB]y|[oO]wner|[uU]ser|[aA]uthor|[eE]mail)$")
_SIEVES = {"filter", "find", "findLast", "some", "every"}
_DEMANDS = regex(r"^(?:authori[sz]e|require|assert|ensure|enforce|guard|protect)[A-Z]")


def asks_about(question: Question, picked: set[tuple[str, ...]]) -> bool:
    """Whether a test looks into what the caller picked, for more than that it is there."""
    test, body, via = question
    for one, other in comparisons(question):
        if meets(picked, roots_of(one, via)) and (
            _is_told(one, other) or any(_is_known(each, via) for each in other)
        ):
            return True
    calls = (part for part in looked_into(body, test) if isinstance(part, n.Call) and not _gets(part, body))
    given = (each for call in calls for each in call.arguments)
    return any(meets(picked, roots_of(origins(each, body, via), via)) for each in given)


def _gets(call: n.Call, body: Body) -> bool:
    """Whether a call only gets what is there: `Promise.all(ids.map((id) => ctx.db.get(id)))`."""
    if isinstance(body.result(call), Get | Read | DbUse) or gathers(call):
        return True
    return isinstance(call.callee, n.Member) and call.callee.property == "map"


def _is_known(value: vs.Value, via: Via) -> bool:
    """Whether a value says who calls, or is what a check has found for the caller."""
    return is_caller(value, via) or (
        isinstance(value, vs.Result)
        and isinstance(value.step, HelperCall | OtherCall | External)
        and is_check(value.step)
    )


def is_check(step: HelperCall | OtherCall | External) -> bool:
    """Whether a call refuses whom something does not concern, as its name tells."""
    return bool(is_check_name(step.name) or _DEMANDS.match(step.name))


def _is_told(one: tuple[vs.Value, ...], other: tuple[vs.Value, ...]) -> bool:
    """Whether a document's field says whose it is; held against what is sent, only an id does."""
    if not any(tables_of(one)):
        return False
    given = all(isinstance(value, vs.Argument | vs.Literal) for value in other)
    return not given or any(
        isinstance(each, vs.Result) and each.path and _WHOSE.search(each.path[-1]) for each in one
    )


def covers(reached: Reached, picked: set[tuple[str, ...]], function: Function) -> bool:
    """Whether a read finds only what is the caller's, or a check is told what the caller picked."""
    step = reached.step
    match step:
        case Read(range=tuple()):
            return comes_through(step, reached.via) and _is_of_caller(step, reached, picked)
        case HelperCall() | OtherCall() | External():
            given = [value for each in step.arguments for value in origins(each, step.body, reached.via)]
            asks = is_check(step) or _weighs(step, given, reached)
            told = asks and meets(picked, roots_of(given, reached.via))
            if told and comes_through(step, reached.via) and tells(step, function):
                return True
            return isinstance(step, OtherCall) and _sieves(step, reached, picked)
        case Run(arguments=given):
            asks = _is_told_more(step) and meets(
                picked, roots_of(origins(given, step.body, reached.via), reached.via)
            )
            return asks and comes_through(step, reached.via)
    return False


def _sieves(call: OtherCall, reached: Reached, picked: set[tuple[str, ...]]) -> bool:
    """`rows.filter((row) => row.ownerId === userId)`, of what the caller picked."""
    if call.name not in _SIEVES or not isinstance(call.node, n.Call):
        return False
    body, via = call.body, reached.via
    of = call.node.callee.object if isinstance(call.node.callee, n.Member) else None
    if not meets(picked, roots_of(origins(of, body, via), via)):
        return False
    sides = (
        side
        for part in walk(*call.arguments)
        if isinstance(part, n.Binary) and part.operator in EQUALITIES
        for side in (part.left, part.right)
    )
    return any(is_caller(value, via) for side in sides for value in origins(side, body, via))


def _is_told_more(run: Run) -> bool:
    """Whether the function that is run may refuse by who calls, or is out of sight."""
    target = run.body.project.resolve(run.target)
    return target is None or any(
        isinstance(each.step, Auth) or each.via or each.prelude for each in target.reached
    )


def _weighs(step: Step, given: list[vs.Value], reached: Reached) -> bool:
    """Whether a helper that may refuse is told who calls: `admit(ctx, user._id, note.teamId)`."""
    told = any(is_caller(value, reached.via) for value in given)
    return told and isinstance(step, HelperCall) and may_refuse(step)


def _is_of_caller(read: Read, reached: Reached, picked: set[tuple[str, ...]]) -> bool:
    """Whether a read finds what is the caller's: all of it, or what has to do with what the caller picked."""
    nodes = [each.value for each in read.range] if isinstance(read.range, tuple) else []
    values = [value for each in (*nodes, *read.filters) for value in origins(each, read.body, reached.via)]
    if not any(_is_known(value, reached.via) for value in values):
        return False
    rest = roots_of([value for value in values if not _is_known(value, reached.via)], reached.via)
    return meets(picked, rest) if rest else not SELF.search(str(read.table))
