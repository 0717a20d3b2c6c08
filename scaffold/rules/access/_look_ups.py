"""Users and their documents that are looked up by an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Reached
from scaffold.model.steps import Get, HelperCall, Read, Step
from scaffold.rules._ways import origins
from scaffold.rules.access._arguments import CALLERS, FIELDS, MAILS, argument_of, equalities, folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.model.validators import Validator

PEOPLE = regex(r"user|profile|account|member|people|person|customer|author|player", re.IGNORECASE)


def is_of_person(given: Validator | None) -> bool:
    """Whether an argument is the id of somebody's document, under any name."""
    return given is not None and PEOPLE.search(given.table or "") is not None


def found_by(
    values: Iterable[vs.Value], reached: Reached, names: Collection[str] = frozenset(CALLERS)
) -> str | None:
    """The argument of one of these names by which somebody's document was looked up, if its id is meant."""
    for value in values:
        if (
            not isinstance(value, vs.Result)
            or value.path != ("_id",)
            or value.step.body is not reached.step.body
        ):
            continue
        for found in _look_ups(value.step, reached.via):
            table = found.step.table if isinstance(found.step, Read | Get) else None
            name = looked_up_by(found.step, found, names)
            if isinstance(table, str) and PEOPLE.search(table) and name is not None:
                return name
    return None


def kept_for(values: Iterable[vs.Value], reached: Reached) -> str | None:
    """The argument that says whose document was looked up, where its id is meant: by `userId`, `ownerId`."""
    for value in values:
        if not isinstance(value, vs.Result) or value.path != ("_id",):
            continue
        for found in _look_ups(value.step, reached.via):
            for field, node in equalities(found.step) if isinstance(found.step, Read) else ():
                name = argument_of(origins(node, found.step.body, found.via), CALLERS)
                if name is not None and folded(field) in FIELDS:
                    return name
    return None


def _look_ups(step: Step, via: tuple[HelperCall, ...]) -> Iterator[Reached]:
    """The reads whose document a step gives: itself, or what a helper returns."""
    if isinstance(step, Read | Get):
        yield Reached(step, via)
    elif isinstance(step, HelperCall) and step.callee is not None:
        for returned in step.callee.returns():
            value = step.callee.value(returned)
            if isinstance(value, vs.Result) and not value.path and isinstance(value.step, Read | Get):
                yield Reached(value.step, (*via, step))


def looked_up_by(
    step: object, reached: Reached, names: Collection[str] = frozenset(CALLERS | MAILS)
) -> str | None:
    """The argument that names the user whom a read finds."""
    if isinstance(step, Get) and step.id is not None:
        return argument_of(origins(step.id, step.body, reached.via), names)
    if isinstance(step, Read):
        for _, value in equalities(step):
            name = argument_of(origins(value, step.body, reached.via), names)
            if name is not None:
                return name
    return None
