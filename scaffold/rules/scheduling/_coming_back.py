"""Who comes back to an action that failed: the cron that began it, or a look at what is late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import Clock, Run, Schedule, Write
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.function import Function
    from scaffold.model.wiring import Cron

_OFTEN = 3600  # seconds between the runs of a cron, so that nobody misses one of them
_EACH_HOUR = regex(r"^\s*\S+\s+\*(?:/1)?\s")  # of `*/15 * * * *`
_LATE = regex(
    r"stale|stuck|hung|time_?(?:d_?)?out|watch_?dog|orphan|abandon|recover|fail|re_?claim|re_?queue|(?<!re)lease",
    re.IGNORECASE,
)
_WHEN = regex(r"(?:At|_at|Time)$")  # it is set with whatever else is


def runs_often(cron: Cron) -> bool:
    """Whether a cron runs each hour at least."""
    if cron.seconds is not None:
        return cron.seconds <= _OFTEN
    match cron.schedule:
        case n.String(value=line) if cron.method == "cron":
            return _EACH_HOUR.search(line) is not None
    return cron.method == "hourly"


def asks_the_same(function: Function) -> bool:
    """Whether it comes to the same each time: it writes nothing, and nothing in it asks the clock."""
    for reached in function.reached:
        match reached.step:
            case Write() | Clock() | Run(method="runMutation" | "runAction"):
                return False
            case Run(target=target):
                query = reached.step.body.project.resolve(target)
                if query is None or any(isinstance(each.step, Clock) for each in query.reached):
                    return False
    return True


def minded(functions: Iterable[Function]) -> set[str]:
    """What mutations among functions set of documents that are late: they put them back, or say so."""
    late = (each for each in functions if each.kind is Kind.MUTATION and _LATE.search(each.name))
    return {field for each in late for field in _fields_set(each)}


def noted(action: Function) -> set[str]:
    """What an action sets of the documents of whose ids it is told, by the mutations that it runs."""
    told = {each.table for each in action.arguments.values() if each.kind == "id"}
    found: set[str] = set()
    runs = (each.step for each in action.steps(Run)) if told else ()
    for run in runs:
        target = action.module.project.resolve(run.target) if isinstance(run, Run) else None
        if target is not None and target.kind is Kind.MUTATION:
            found.update(_fields_set(target))
    return {field for field in found if field.split(".")[0] in told}


def _fields_set(function: Function) -> Iterator[str]:
    """The fields that a function patches, with their tables: `jobs.status`."""
    for reached in function.steps(Write):
        match reached.step:
            case Write(operation="patch", table=str() as table, document=n.Object(properties=parts)):
                yield from (
                    f"{table}.{part.key}" for part in parts if part.key and not _WHEN.search(part.key)
                )


def is_looked_after(schedule: Schedule) -> bool:
    """Whether a mutation beside the call comes later, for the same document, to see whether it got stuck."""
    made = _made(schedule)
    return any(
        step is not schedule and _comes_late(step) and not made.isdisjoint(_made(step))
        for step in schedule.body.steps
        if isinstance(step, Schedule)
    )


def _made(schedule: Schedule) -> set[Write]:
    """The documents made beside a call that it is told of."""
    found = schedule.body.origins(schedule.arguments)
    return {each.step for each in found if isinstance(each, vs.Result) and isinstance(each.step, Write)}


def _comes_late(schedule: Schedule) -> bool:
    target = schedule.body.project.resolve(schedule.target)
    at_once = isinstance(schedule.when, n.Number) and not schedule.when.value
    return (
        target is not None
        and target.kind is Kind.MUTATION
        and not at_once
        and _LATE.search(target.name) is not None
    )
