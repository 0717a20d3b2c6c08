"""The result of a reading: all calls, by class and by function, each with its errors and over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import isfinite
from typing import TYPE_CHECKING

from scaffold.report.functions import CLASSES, Counted, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.report.budgets import Verdict
    from scaffold.report.collector import Collector
    from scaffold.report.failures import Failure
    from scaffold.report.platform import Platform
    from scaffold.report.reading import Counts
    from scaffold.report.tally import Tally

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, kw_only=True)
class Group:
    """Calls that are counted together. `buckets` has the tallies by the second in which they begin."""

    name: str
    class_: str
    total: Tally
    errors: tuple[tuple[Failure, int], ...]
    buckets: dict[int, Tally]
    functions: int = 1
    gave_up: int = 0

    @property
    def latencies(self) -> dict[str, float | None]:
        """The percentiles, in milliseconds."""
        return {name: self.total.latency.quantile(part) for name, part in QUANTILES.items()}


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that the outputs show. `width` is that of a bucket, in seconds."""

    sources: tuple[str, ...]
    counts: Counts
    first: float | None
    last: float | None
    width: int
    total: Group
    classes: tuple[Group, ...]
    functions: tuple[Group, ...]
    platform: Platform
    verdict: Verdict | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which functions a report is of; all, where nothing is named. Functions may be globs."""

    classes: frozenset[str] = field(default_factory=frozenset)
    functions: tuple[str, ...] = ()

    def has(self, function: Function) -> bool:
        """Whether a function is among them."""
        return (not self.classes or function.class_ in self.classes) and (
            not self.functions or any(fnmatchcase(function.name, glob) for glob in self.functions)
        )


def report(collector: Collector, sources: Iterable[str], wanted: Wanted) -> Report:
    """The result of all that a collector has counted. Finishes it."""
    collector.finish()
    width = collector.timeline.width
    functions = [
        function
        for function in collector.functions.values()
        if function.counted.total().calls and wanted.has(function)
    ]
    groups = [_group(function.name, function.class_, [function], width) for function in functions]
    classes = [
        _group(name, name, members, width)
        for name in CLASSES
        if (members := [function for function in functions if function.class_ == name])
    ]
    return Report(
        sources=tuple(sources),
        counts=collector.counts,
        first=collector.first if isfinite(collector.first) else None,
        last=collector.last if isfinite(collector.last) else None,
        width=width,
        total=_group("all", "all", functions, width),
        classes=tuple(classes),
        functions=tuple(sorted(groups, key=lambda group: (-group.total.calls, group.name))),
        platform=collector.platform,
    )


def _group(name: str, class_: str, members: list[Function], width: int) -> Group:
    counted = Counted()
    for member in members:
        counted.merge(member.counted)
    errors = [(failure, count) for failure, count in counted.errors.items() if count]
    return Group(
        name=name,
        class_=class_,
        total=counted.total(),
        errors=tuple(sorted(errors, key=lambda each: (-each[1], each[0].type, each[0].code or ""))),
        buckets={
            index * width: tally
            for index, tally in sorted(
                (index, tally) for index, tally in counted.buckets.items() if index is not None
            )
        },
        functions=len(members),
        gave_up=sum(member.gave_up for member in members),
    )
