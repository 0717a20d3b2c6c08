"""budgets.toml: what a class or a function may take, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold.core import spec, toml
from scaffold.core.spec import Integer, Key, MapOf, Number, Table
from scaffold.report.functions import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.report.results import Group, Report

MINIMUM_CALLS = 100
"""Calls below which nothing is judged, where the file says nothing: the 99th percentile needs so many."""

_RATE = Number(minimum=0, maximum=1, what="a part of all calls, from 0 to 1, as in 0.01 for 1 %")
_TIME = Number(minimum=0, what="milliseconds, 0 or more")
_MINIMUM = Key(
    name="minimum-calls",
    shape=Integer(minimum=1),
    doc="Calls that it takes to judge; below, the budget is not applied and the report says so.",
    default=MINIMUM_CALLS,
)
LIMITS = Table(
    keys=(
        Key(name="p50-ms", shape=_TIME, doc="Half of all calls take at most this, in milliseconds."),
        Key(name="p95-ms", shape=_TIME, doc="95 of 100 calls take at most this, in milliseconds."),
        Key(name="p99-ms", shape=_TIME, doc="99 of 100 calls take at most this, in milliseconds."),
        Key(name="error-rate", shape=_RATE, doc="Failed calls, refusals of callers left out, of all calls."),
        Key(name="refusal-rate", shape=_RATE, doc="Calls refused to their callers, of all calls."),
        Key(name="retry-rate", shape=_RATE, doc="Calls that had to run again, of all calls."),
        Key(name="conflict-rate", shape=_RATE, doc="Runs lost to write conflicts, of all calls."),
        Key(name="minimum-calls", shape=Integer(minimum=1), doc="The same for this class or function alone."),
    )
)
BUDGETS = Table(
    keys=(
        _MINIMUM,
        Key(
            name="class",
            shape=Table(
                keys=tuple(Key(name=name, shape=LIMITS, doc=f"All of class {name}.") for name in CLASSES)
            ),
            doc="Budgets of classes.",
        ),
        Key(
            name="function",
            shape=MapOf(value=LIMITS),
            doc="Budgets of single functions, besides that of their class.",
        ),
    )
)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One limit of the file, and where it stands."""

    scope: str
    name: str
    metric: str
    limit: float
    minimum: int
    place: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A budget held against what was measured; None: there was too little to measure."""

    budget: Budget
    actual: float | None
    calls: int

    @property
    def is_over(self) -> bool:
        """Whether there is more than the budget."""
        return self.actual is not None and self.actual > self.budget.limit

    @property
    def sentence(self) -> str:
        """The breach, or why there is no judgement, in a line."""
        budget = self.budget
        subject = f"{budget.scope} {budget.name}"
        calls = f"{self.calls:,} call{'' if self.calls == 1 else 's'}"
        if self.actual is not None:
            shown = f"{_shown(budget.metric, self.actual)} > {_shown(budget.metric, budget.limit)}"
            return f"{budget.place}: {subject}: {budget.metric} {shown} ({calls})"
        if self.calls < budget.minimum:
            return f"{budget.place}: {subject}: {budget.metric} not judged, {calls} of {budget.minimum:,}"
        return f"{budget.place}: {subject}: {budget.metric} not judged, its calls have no durations"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All budgets of a file, held against a report."""

    file: str
    judged: tuple[Judged, ...]

    @property
    def breaches(self) -> tuple[Judged, ...]:
        """What is over its budget."""
        return tuple(each for each in self.judged if each.is_over)

    @property
    def open(self) -> tuple[Judged, ...]:
        """What could not be judged."""
        return tuple(each for each in self.judged if each.actual is None)


_METRICS: dict[str, Callable[[Group], float | None]] = {
    "p50-ms": lambda group: group.latencies["p50"],
    "p95-ms": lambda group: group.latencies["p95"],
    "p99-ms": lambda group: group.latencies["p99"],
    "error-rate": lambda group: group.total.rate(group.total.errors),
    "refusal-rate": lambda group: group.total.rate(group.total.refusals),
    "retry-rate": lambda group: group.total.rate(group.total.retried),
    "conflict-rate": lambda group: group.total.rate(group.total.conflicts),
}


def read(path: Path) -> tuple[Budget, ...]:
    """The budgets in a file.

    Raises:
        ConfigurationError: it cannot be read, or something in it is wrong.
    """
    document = toml.read(path)
    return tuple(_budgets(spec.read(document, BUDGETS), document))


def _budgets(values: dict[str, Any], document: toml.Document) -> Iterator[Budget]:
    general = values.get("minimum-calls", MINIMUM_CALLS)
    for scope in ("class", "function"):
        for name, limits in values.get(scope, {}).items():
            for metric in _METRICS:
                if metric in limits:
                    yield Budget(
                        scope=scope,
                        name=name,
                        metric=metric,
                        limit=limits[metric],
                        minimum=limits.get("minimum-calls", general),
                        place=document.place((scope, name, metric)),
                    )


def judged(report: Report, budgets: tuple[Budget, ...], file: str) -> Report:
    """The report with its verdict: each budget held against what was measured."""
    groups = {("class", group.name): group for group in report.classes}
    groups |= {("function", group.name): group for group in report.functions}
    found = tuple(_judged(each, groups.get((each.scope, each.name))) for each in budgets)
    return replace(report, verdict=Verdict(file=file, judged=found))


def _judged(budget: Budget, group: Group | None) -> Judged:
    if group is None:
        return Judged(budget=budget, actual=None, calls=0)
    is_time = budget.metric.endswith("-ms")
    basis = group.total.latency.count if is_time else group.total.calls
    actual = _METRICS[budget.metric](group) if basis >= budget.minimum else None
    # Without any duration it is not the calls that are too few.
    calls = basis or group.total.calls
    return Judged(budget=budget, actual=actual, calls=calls)


def _shown(metric: str, value: float) -> str:
    return f"{value:,.3g} ms" if metric.endswith("-ms") and value < 100 else _large(metric, value)  # noqa: PLR2004


def _large(metric: str, value: float) -> str:
    return f"{value:,.0f} ms" if metric.endswith("-ms") else f"{100 * value:.3g} %"
