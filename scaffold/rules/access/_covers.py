"""Whether what the caller picks is held against the caller: by a test, a read or a check."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Auth, DbUse, External, Get, HelperCall, OtherCall, Read, Run
from scaffold.rules._nodes import EQUALITIES, walk
from scaffold.rules._ways import origins
from scaffold.rules.access._caller import ALL, SELF, Roots, Via, is_caller, roots_of, tables_of
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.access._idle import comes_through, may_refuse, tells
from scaffold.rules.access._promised import gathers
from scaffold.rules.access._questions import before, comparisons, looked_into, meets, refusals
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.rules.access._questions import Question

_WHOSE = regex(r"(?:[iI]d|[bB]y|[oO]wner|[uU]ser|[aA]uthor|[eE]mail)$")
_SIEVES = {"filter", "find", "findLast", "some", "every"}
_DEMANDS = regex(r"^(?:authori[sz]e|require|assert|ensure|enforce|guard|protect)[A-Z]")


class Guards:
    """What a function holds against its caller of what the caller picks. Each is looked at once."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._asked: dict[tuple[int, Via], Roots] = {}

    def cover(self, reached: Reached, picked: Roots) -> bool:
        """Whether a test, a read or a check sees to it that what a step changes concerns the caller."""
        if any(meets(picked, self._asked_by(question)) for question in before(reached)):
            return True
        return meets(picked, self._refused) or meets(picked, self._covered)

    @cached_property
    def _refused(self) -> Roots:
        return {root for question in refusals(self._function) for root in self._asked_by(question)}

    @cached_property
    def _covered(self) -> Roots:
        return {root for reached in self._function.reached for root in _covered(reached, self._function)}

    def _asked_by(self, question: Question) -> Roots:
        test, _, via = question
        key = (id(test), via)
        if key not in self._asked:
            self._asked[key] = _looked_at(question)
        return self._asked[key]


def _looked_at(question: Question) -> Roots:
    """What a test looks into, for more than that it is there."""
    test, body, via = question
    found: Roots = set()
    for one, other in comparisons(question):
        if _is_told(one, other) or any(_is_known(each, via) for each in other):
            found |= roots_of(one, via)
    for part in looked_into(body, test):
        if isinstance(part, n.Call) and not _gets(part, body):
            for each in part.arguments:
                found |= roots_of(origins(each, body, via), via)
    return found


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


def _covered(reached: Reached, function: Function) -> Roots:
    """The arguments of which a read finds only what is the caller's, or that a check is told."""
    step, via = reached.step, reached.via
    match step:
        case Read(range=tuple()) if comes_through(step, via):
            return _of_caller(step, via)
        case HelperCall() | OtherCall() | External():
            told = _told(step, via)
            heard = bool(told) and comes_through(step, via) and tells(step, function)
            return told | _sieved(step, via) if heard else _sieved(step, via)
        case Run(arguments=given) if _is_told_more(step) and comes_through(step, via):
            return roots_of(origins(given, step.body, via), via)
    return set()


def _told(call: HelperCall | OtherCall | External, via: Via) -> Roots:
    """What a check is told, or a helper that may refuse and hears who calls: `admit(ctx, user._id, team)`."""
    if not is_check(call) and not (isinstance(call, HelperCall) and may_refuse(call)):
        return set()
    given = [value for each in call.arguments for value in origins(each, call.body, via)]
    asks = is_check(call) or any(is_caller(value, via) for value in given)
    return roots_of(given, via) if asks else set()


def _sieved(call: HelperCall | OtherCall | External, via: Via) -> Roots:
    """What `rows.filter((row) => row.ownerId === userId)` takes the caller's of."""
    if not isinstance(call, OtherCall) or call.name not in _SIEVES or not isinstance(call.node, n.Call):
        return set()
    body = call.body
    sides = (
        side
        for part in walk(*call.arguments)
        if isinstance(part, n.Binary) and part.operator in EQUALITIES
        for side in (part.left, part.right)
    )
    if not any(is_caller(value, via) for side in sides for value in origins(side, body, via)):
        return set()
    of = call.node.callee.object if isinstance(call.node.callee, n.Member) else None
    return roots_of(origins(of, body, via), via)


def _is_told_more(run: Run) -> bool:
    """Whether the function that is run may refuse by who calls, or is out of sight."""
    target = run.body.project.resolve(run.target)
    return target is None or any(
        isinstance(each.step, Auth) or each.via or each.prelude for each in target.reached
    )


def _of_caller(read: Read, via: Via) -> Roots:
    """What a read has found the caller's of: what it was told besides who calls, or else of everything."""
    nodes = (*(each.value for each in read.comparisons), *read.filters)
    values = [value for each in nodes for value in origins(each, read.body, via)]
    if not any(_is_known(value, via) for value in values):
        return set()
    rest = roots_of([value for value in values if not _is_known(value, via)], via)
    return rest or (set() if SELF.search(str(read.table)) else {ALL})
