"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.text import count
from scaffold.report import charts
from scaffold.report.charts import Axis, Series
from scaffold.report.notes import notes, platform, span
from scaffold.report.numbers import rate
from scaffold.report.numbers import span as duration
from scaffold.report.tables import errors, functions, groups, over_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.report.budgets import Verdict
    from scaffold.report.results import Group, Report
    from scaffold.report.tally import Tally

_PAGE = Path(__file__).with_name("page.html")


def html(report: Report) -> str:
    """The page."""
    parts = [
        _head(report),
        "<main>",
        _tiles(report),
        _verdict(report.verdict) if report.verdict else "",
        f"<h2>By class</h2>{groups(report)}",
        _charts(report),
        errors(report),
        functions(report),
        "</main>",
        _foot(report),
    ]
    return _PAGE.read_text("utf-8").replace("@@BODY@@", "\n".join(part for part in parts if part))


def _head(report: Report) -> str:
    known = count(report.total.functions, "function")
    return (
        "<header><h1>Calls, latency and errors</h1>"
        f'<p class="source">{escape(", ".join(report.sources))}</p>'
        f"<p>{escape(span(report))} · {known}</p></header>"
    )


def _tiles(report: Report) -> str:
    tally = report.total.total
    latencies = report.total.latencies
    tiles = [
        (f"{tally.calls:,}", "calls", ""),
        (_ms(latencies["p50"]), "half take at most (p50)", ""),
        (_ms(latencies["p95"]), "95 of 100 take at most (p95)", ""),
        (rate(tally, tally.errors), "failed", "bad" if tally.errors else "good"),
        (rate(tally, tally.refusals), "refused to the caller", ""),
        (rate(tally, tally.retried), "had to run again", "warn" if tally.retried else ""),
        (rate(tally, tally.cached), "answered from the cache", ""),
    ]
    items = (
        f'<li><b class="{tone}">{escape(value)}</b><span>{name}</span></li>' for value, name, tone in tiles
    )
    return f'<ul class="tiles" aria-label="All calls">{"".join(items)}</ul>'


def _verdict(verdict: Verdict) -> str:
    over = verdict.breaches
    kept = len(verdict.judged) - len(over) - len(verdict.open)
    items = [f'<li class="bad">{escape(each.sentence)}</li>' for each in over]
    items += [f"<li>{escape(each.sentence)}</li>" for each in verdict.open]
    listed = f"<ul>{''.join(items)}</ul>" if items else ""
    return (
        f'<section class="verdict{" over" if over else ""}" aria-label="Budgets">'
        f"<b>Budgets of {escape(verdict.file)}</b>: {kept} kept, {len(over)} over, "
        f"{len(verdict.open)} not judged{listed}</section>"
    )


def _charts(report: Report) -> str:
    figures = [*_spread(report), *_over_time(report)]
    return (
        f'<h2>Latency, and the course of things</h2><div class="charts">{"".join(figures)}</div>'
        if figures
        else ""
    )


def _spread(report: Report) -> Iterator[str]:
    rows = []
    for group in report.classes:
        values = [value for value in group.latencies.values() if value is not None]
        if values:
            rows.append((group.name, group.name, values))
    if rows:
        yield _figure(
            "p50, p95 and p99, logarithmic",
            [],
            charts.ranges("p50, p95 and p99 of each class", rows, _ms),
            "",
        )


def _over_time(report: Report) -> Iterator[str]:
    buckets = report.total.buckets
    if len(buckets) < 2:  # noqa: PLR2004 - one bucket is no course of things
        return
    starts = list(range(min(buckets), max(buckets) + 1, report.width))
    axis = _axis(starts, report.width)
    yield _calls(report, starts, axis)
    yield _failures(report, starts, axis)
    for group in report.classes:
        if group.total.latency.count:
            yield _latency(group, starts, axis)


def _calls(report: Report, starts: list[int], axis: Axis) -> str:
    series = [
        Series(name=group.name, colour=group.name, values=_values(group, starts, lambda tally: tally.calls))
        for group in report.classes
    ]
    chart = charts.bars("Calls over time, by class", axis, series, _plain)
    return _figure("Calls", series, chart, over_time("Calls", axis, series, _plain))


def _failures(report: Report, starts: list[int], axis: Axis) -> str:
    measured: list[tuple[str, str, Callable[[Tally], float]]] = [
        ("errors", "errors", lambda tally: tally.errors),
        ("refusals", "refusals", lambda tally: tally.refusals),
        ("write conflicts", "conflicts", lambda tally: tally.conflicts),
    ]
    series = [
        Series(name=name, colour=colour, values=_values(report.total, starts, measure))
        for name, colour, measure in measured
    ]
    chart = charts.bars("Errors, refusals and write conflicts over time", axis, series, _plain)
    table = over_time("Errors, refusals and write conflicts", axis, series, _plain)
    return _figure("Errors, refusals and write conflicts", series, chart, table)


def _latency(group: Group, starts: list[int], axis: Axis) -> str:
    series = [
        Series(
            name=name,
            colour=name,
            values=[
                group.buckets[at].latency.quantile(part) if at in group.buckets else None for at in starts
            ],
        )
        for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    ]
    title = f"Latency of class {group.name}"
    chart = charts.lines(f"{title} over time", axis, series, _ms)
    return _figure(title, series, chart, over_time(title, axis, series, _ms))


def _values(group: Group, starts: list[int], measure: Callable[[Tally], float]) -> list[float | None]:
    return [measure(group.buckets[at]) if at in group.buckets else 0 for at in starts]


def _axis(starts: list[int], width: int) -> Axis:
    moments = [datetime.fromtimestamp(at, UTC) for at in starts]
    one_day = moments[0].date() == moments[-1].date()
    days = width >= 86_400  # noqa: PLR2004 - seconds of a day
    short = "%m-%d" if days else "%H:%M:%S" if width < 60 else "%H:%M" if one_day else "%m-%d %H:%M"  # noqa: PLR2004
    whole = "%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S" if width < 60 else "%Y-%m-%d %H:%M"  # noqa: PLR2004
    return Axis(
        short=[f"{moment:{short}}" for moment in moments], whole=[f"{moment:{whole}}" for moment in moments]
    )


def _figure(title: str, series: list[Series], chart: str, table: str) -> str:
    items = "".join(f'<li style="--c: var(--{each.colour})">{escape(each.name)}</li>' for each in series)
    legend = f'<ul class="legend" aria-hidden="true">{items}</ul>' if items else ""
    return f"<figure><h3>{escape(title)}</h3>{legend}{chart}{table}</figure>"


def _foot(report: Report) -> str:
    told = [*platform(report), *notes(report)]
    lines = "".join(f"<p>{escape(line[:1].upper() + line[1:])}.</p>" for line in told)
    return f"<footer>{lines}<p>Times are UTC. Percentiles are within 1 % of the true ones.</p></footer>"


def _ms(value: float | None) -> str:
    return "-" if value is None else duration(value)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
