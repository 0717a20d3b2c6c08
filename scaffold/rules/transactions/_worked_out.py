"""A change that an action works out of what a query told, so that two of them make one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Get, Read, Run, Write
from scaffold.rules._hands import is_started_by_hand
from scaffold.rules._nodes import written
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function
    from scaffold.rules._ways import Way
    from scaffold.rules.rule import Rule

# Where a job has come to: who works on it twice at once says the same twice.
_OF_A_RUN = regex(
    r"retr(?:y|ies)|check|attempt|tries|failure|step|stage|version|revision|index|page|cursor|position",
    re.IGNORECASE,
)


def lost_update(run: Run, mutation: Function, way: Way, rule: Rule) -> Finding | None:
    """A mutation that is told what to store, which the action made of what was there.

    It stores it as it is given, under the same name, and never reads that table.
    """
    for argument, query, field in _worked_out(run):
        told = run.body.project.resolve(query.target)
        write = _stored(mutation, field, argument) if told is not None else None
        if told is None or write is None or write.table not in _tables(told):
            continue
        return rule.finding(
            run.place,
            f"`{mutation.identifier}` writes `{write.table}` by what `{told.identifier}` told, so that of two"
            " changes at once one is lost",
            way_out=f"hand on by how much it changes, and let `{mutation.identifier}` read what is there",
            symbol=f"{way.function.identifier} {mutation.identifier}",
            evidence=(
                Evidence(query.place, "what was read may have changed since this query"),
                Evidence(write.place, "and this stores what was made of it"),
                *way.evidence(),
            ),
            confidence=Confidence.MEDIUM
            if is_started_by_hand(run) or _OF_A_RUN.search(field)
            else way.confidence,
        )
    return None


def _worked_out(run: Run) -> Iterator[tuple[str, Run, str]]:
    """The arguments that are more or less than a query told, the query, and the field: `user.credits + 1`."""
    for part in run.arguments.properties if isinstance(run.arguments, n.Object) else ():
        node = written(part.value, run.body)
        if part.key is None or not isinstance(node, n.Binary) or node.operator not in {"+", "-"}:
            continue
        for each in run.body.origins(node):
            step = each.step if isinstance(each, vs.Result) and each.path else None
            if isinstance(step, Run) and isinstance(each, vs.Result) and step.method == "runQuery":
                yield part.key, step, each.path[-1]


def _stored(mutation: Function, field: str, argument: str) -> Write | None:
    """The patch that gives a field just what an argument is, of a table that the mutation does not read."""
    for reached in mutation.steps(Write):
        write = reached.step
        if isinstance(write, Write) and write.operation == "patch" and isinstance(write.table, str):
            node = written(write.document, write.body)
            parts = node.properties if isinstance(node, n.Object) else ()
            given = (write.body.value(part.value) for part in parts if part.key == field)
            if vs.Argument((argument,)) in given and write.table not in _tables(mutation):
                return write
    return None


def _tables(function: Function) -> set[str]:
    """The tables that a function reads, as far as they can be told."""
    steps = (reached.step for reached in (*function.steps(Read), *function.steps(Get)))
    return {str(step.table) for step in steps if isinstance(step, Read | Get)}
