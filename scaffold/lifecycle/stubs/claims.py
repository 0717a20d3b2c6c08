"""Which field of a document holds which claim of its owner's token: `author` the subject, say."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs.access import refusals
from scaffold.model import values as vs
from scaffold.model.steps import Auth, Get, Read
from scaffold.rules._ways import origins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.function import Function, Reached
    from scaffold.model.project import Project

# As `scaffold.testing.Client` has them.
CLAIMS = {"tokenIdentifier": "token_identifier", "subject": "subject"}


def claims(project: Project) -> dict[str, tuple[str, str]]:
    """By table, the field that identifies owners, and the attribute of a client that it holds."""
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for function in project.functions:
        for table, field, claim in set(_compared(function)):
            if _is_text(project, table, field):
                found[table][field, CLAIMS[claim]] += 1
    return {table: max(seen, key=lambda each: (seen[each], each)) for table, seen in found.items()}


def _compared(function: Function) -> Iterator[tuple[str, str, str]]:
    for refusal in refusals(function):
        claim = claim_in(refusal.made_of)
        for value in refusal.made_of if claim else ():
            if isinstance(value, vs.Result) and len(value.path) == 1 and isinstance(value.step, Get | Read):
                yield str(value.step.table), value.path[0], claim
    for reached in function.steps(Read):
        yield from _looked_up(reached)


def _looked_up(reached: Reached) -> Iterator[tuple[str, str, str]]:
    read = reached.step
    if not isinstance(read, Read):
        return
    for comparison in read.comparisons:
        claim = claim_in(origins(comparison.value, read.body, reached.via))
        if claim and comparison.operator == "eq":
            yield str(read.table), str(comparison.field), claim


def claim_in(made_of: Iterable[vs.Value]) -> str:
    """The claim of the caller's token that something is made of; empty where there is not exactly one."""
    found = {
        value.path[-1]
        for value in made_of
        if isinstance(value, vs.Result)
        and isinstance(value.step, Auth)
        and value.path[-1:]
        and value.path[-1] in CLAIMS
    }
    return found.pop() if len(found) == 1 else ""


def _is_text(project: Project, table: str, field: str) -> bool:
    known = project.tables.get(table)
    validator = known.document.fields.get(field) if known is not None else None
    return validator is not None and validator.kind == "string" and field.isidentifier()
