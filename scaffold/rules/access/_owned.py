"""Documents that are somebody's: which tables hold them, and where nobody asks whose they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import DbUse, Get, HelperCall, OtherCall, Test, Write
from scaffold.rules._nodes import written
from scaffold.rules._ways import comes_to, origins
from scaffold.rules.access._caller import Roots, Via, is_caller, roots_of, tables_of
from scaffold.rules.access._checks import blind_spots
from scaffold.rules.access._covers import Guards, is_check
from scaffold.rules.access._idle import tells
from scaffold.rules.access._questions import compared, compares, meets, sides_of, weighing
from scaffold.rules.access._ranks import is_for_a_rank, may_be_of_rank
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached

_GATHERING = {"all", "map"}  # `Promise.all(ids.map((id) => ctx.db.get(id)))`
_EDITOR = regex(r"(?:last_?)?(?:updated|modified|changed|edited)_?by(?:_?user)?(?:_?id)?$", re.IGNORECASE)
_SAYS_YES = regex(r"(?:is|has|can|may|owns)(?![a-z])")


def keepers(function: Function) -> Iterator[str]:
    """The tables whose documents a function holds against the caller, or hands to a check."""
    for reached in function.steps(Test):
        step = reached.step
        if isinstance(step, Test) and compares(step.body):
            for part in weighing(step):
                yield from _held(part, step.body, reached.via)
    for reached in function.steps(HelperCall):
        step = reached.step
        if isinstance(step, HelperCall):
            yield from _kept_by_answer(step, reached.via)
            if is_check(step):
                given = (value for each in step.arguments for value in origins(each, step.body, reached.via))
                yield from _fields_of(given)


def _kept_by_answer(call: HelperCall, via: Via) -> Iterator[str]:
    """What a helper compares with the caller to say yes or no: `return note.ownerId === userId`."""
    body = call.callee
    if body is not None and _SAYS_YES.match(call.name) and compares(body):
        for answer in body.returns():
            for part in compared(body, answer):
                yield from _held(part, body, (*via, call))


def _held(part: n.Binary, body: Body, via: Via) -> Iterator[str]:
    """The tables of whose documents a field is compared with who calls."""
    for one, other in sides_of(part, body, via):
        if any(is_caller(value, via) for value in other):
            yield from _fields_of(one)


def unowned(function: Function) -> Iterator[Reached]:
    """Changes of documents that the caller picks, where nobody looks at whose they are.

    What is left to callers of a rank is not meant, nor what tells of the caller in the document: a vote, a
    reader. Only of mutations: in actions the checks stand in what they run.
    """
    if function.kind is not Kind.MUTATION or any(blind_spots(function)):
        return
    guards = Guards(function)
    for reached in function.steps(Write):
        if not reached.prelude and comes_to(function, reached) and _is_open(reached, guards):
            if is_for_a_rank(function):
                return
            yield reached


def _is_open(reached: Reached, guards: Guards) -> bool:
    write = reached.step
    if not isinstance(write, Write) or write.operation == "insert" or not isinstance(write.table, str):
        return False
    target = origins(write.id, write.body, reached.via)
    picked = roots_of(target, reached.via)
    if not picked or any(is_caller(value, reached.via) for value in target):
        return False
    told = [value for each in _told(write) for value in origins(each, write.body, reached.via)]
    if any(is_caller(value, reached.via) for value in told) or any(tables_of(told)):
        return False
    return not guards.cover(reached, picked)


def _told(write: Write) -> tuple[n.Expression | None, ...]:
    """What is written, but for who changed the document last, which says nothing of whose it is."""
    node = written(write.document, write.body)
    if not isinstance(node, n.Object):
        return (write.document,)
    return tuple(part.value for part in node.properties if not _EDITOR.match(part.key or ""))


def is_weighty(function: Function, reached: Reached) -> bool:
    """Whether a change of what the caller names is more than a mark.

    It is where something is deleted, the caller says what is written, or a check is told of another document.
    """
    write = reached.step
    target = origins(write.id, write.body, reached.via) if isinstance(write, Write) else ()
    if not isinstance(write, Write) or not all(map(_is_named, target)):
        return False
    told = origins(write.document, write.body, reached.via)
    if write.operation == "delete" or any(isinstance(value, vs.Argument) for value in told):
        return not any(may_be_of_rank(each.step) for each in function.reached)
    picked = roots_of(target, reached.via)
    return any(_is_about_another(each, picked, function) for each in function.reached)


def _is_named(value: vs.Value) -> bool:
    """Whether it is an id that was sent, or of the document that it stands for, one of a list too."""
    if isinstance(value, vs.Result):
        gathered = isinstance(value.step, OtherCall) and value.step.name in _GATHERING
        return gathered or isinstance(value.step, Get | DbUse)
    return isinstance(value, vs.Argument) or value == vs.Global(("Promise",))


def _is_about_another(reached: Reached, picked: Roots, function: Function) -> bool:
    """Whether a check is told another document that the caller names: `requireEditor(ctx, args.teamId)`."""
    step = reached.step
    if not isinstance(step, HelperCall) or reached.via or not is_check(step):
        return False
    roots = roots_of([value for each in step.arguments for value in origins(each, step.body, ())], ())
    return bool(roots) and not meets(picked, roots) and tells(step, function)


def _fields_of(values: Iterable[vs.Value]) -> Iterator[str]:
    """The tables of which values are fields of a document, its id left aside."""
    return (table for table in tables_of(values) if isinstance(table, str))
