"""Mutations that change what a query of one document shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import Get, Write
from scaffold.model.validators import Validator
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.lifecycle.stubs.facts import Facts
    from scaffold.model.function import Function


def with_feeders(found: Iterable[tuple[Function, Facts]]) -> list[Facts]:
    """The facts, those of queries of one document with a mutation that changes it."""
    pairs = list(found)
    feeders = list(_feeders(pairs))
    return [
        replace(facts, fed_by=_fed_by(function, facts, feeders)) if facts.kind is Kind.QUERY else facts
        for function, facts in pairs
    ]


def _feeders(pairs: list[tuple[Function, Facts]]) -> Iterator[tuple[Facts, str, frozenset[str]]]:
    """Mutations that take one id and nothing else, with its table and the fields that they always change."""
    for function, facts in pairs:
        table = _only_id(facts)
        if facts.kind is Kind.MUTATION and table:
            fields = frozenset(_changed(function, table))
            if fields:
                yield facts, table, fields


def _fed_by(
    function: Function, facts: Facts, feeders: list[tuple[Facts, str, frozenset[str]]]
) -> tuple[str, str]:
    table = _only_id(facts)
    gets = (reached.step for reached in function.steps(Get))
    if not table or not any(isinstance(step, Get) and step.table == table for step in gets):
        return ("", "")
    shown = _shown_fields(function)
    for feeder, changed, fields in feeders:
        may = feeder.role in {"", facts.role} and facts.needs_identity >= feeder.needs_identity
        if changed == table and may and not fields.isdisjoint(shown) and feeder.args is not None:
            return feeder.identifier, next(iter(feeder.args.fields))
    return ("", "")


def _only_id(facts: Facts) -> str:
    """The table of the only argument; empty where there are others, or none."""
    if facts.args is None or len(facts.args.fields) != 1:
        return ""
    (only,) = facts.args.fields.values()
    return only.table or "" if only.kind == "id" and not only.optional else ""


def _changed(function: Function, table: str) -> Iterator[str]:
    """The fields of a table that the function patches, and neither inserts nor deletes."""
    writes = [reached.step for reached in function.steps(Write) if not reached.prelude]
    mine = [step for step in writes if isinstance(step, Write) and step.table == table]
    if any(step.operation != "patch" or step.frames for step in mine):
        return
    for step in mine:
        value = step.body.value(step.document)
        literal = value.node if isinstance(value, vs.Computed) else step.document
        if isinstance(literal, n.Object):
            yield from (part.key for part in literal.properties if part.key is not None)


def _shown_fields(function: Function) -> set[str]:
    """The fields of what the query returns."""
    returns = function.returns
    if not isinstance(returns, Validator):
        return set()
    members = returns.members if returns.kind == "union" else (returns,)
    return {name for member in members for name in member.fields}
