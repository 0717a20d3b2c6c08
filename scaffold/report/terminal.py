"""The report for a terminal: tables that fit 80 columns, and more where there is room."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scaffold.core.text import count
from scaffold.report.notes import notes, platform, span
from scaffold.report.numbers import duration, milliseconds, rate
from scaffold.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.report.budgets import Verdict
    from scaffold.report.results import Group, Report

_WIDE = 100  # columns from which every number has its place
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = ".:-=+*%#"
_ERRORS = 10
_KIND_STYLES = {"refusal": "yellow", "bug": "red", "upstream": "magenta"}


def text(report: Report, *, width: int, colour: bool, unicode: bool, top: int) -> str:
    """The whole report; of the functions, the `top` most called ones."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    printer = _Printer(console, unicode=unicode)
    printer.head(report)
    printer.groups("class", report.classes, report.total)
    printer.over_time(report)
    printer.errors(report)
    printer.groups("function", report.functions[:top], None)
    printer.left_out(len(report.functions) - top)
    printer.platform(report)
    if report.verdict is not None:
        printer.verdict(report.verdict)
    printer.notes(report)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(lines)


class _Printer:
    def __init__(self, console: Console, *, unicode: bool) -> None:
        self._print = console.print
        self._width = console.width
        self._wide = console.width >= _WIDE
        self._gap = 2 if self._wide else 1
        self._unicode = unicode

    def head(self, report: Report) -> None:
        self._print(Text(", ".join(report.sources), style="bold"))
        parts = [
            span(report),
            f"{report.total.total.calls:,} calls",
            count(report.total.functions, "function"),
        ]
        self._print(Text(" · ".join(part for part in parts if part), style="dim"))

    def groups(self, what: str, groups: Iterable[Group], total: Group | None) -> None:
        rows = [(group.name, self._cells(group)) for group in groups]
        if total is not None:
            rows.append(("all", self._cells(total)))
        names = self._columns()
        widths = [max(len(name), *(len(cells[at]) for _, cells in rows)) for at, name in enumerate(names)]
        room = self._width - sum(widths) - self._gap * len(widths)
        table = Table(box=None, pad_edge=False, padding=(0, self._gap, 0, 0), header_style="dim")
        table.add_column(what, no_wrap=True)
        for name, width in zip(names, widths, strict=True):
            table.add_column(name, justify="right", no_wrap=True, min_width=width)
        for name, cells in rows:
            style = "bold" if name == "all" else None
            table.add_row(Text(_fitted(name, room, unicode=self._unicode)), *cells, style=style)
        self._print()
        self._print(table)

    def _columns(self) -> tuple[str, ...]:
        latencies = ("p50 ms", "p95 ms", "p99 ms") if self._wide else ("p50", "p95", "p99")
        return "calls", *latencies, "errors", "refused", "retried", *self._more("conflicts"), "cached"

    def _more(self, name: str) -> tuple[str, ...]:
        return (name,) if self._wide else ()

    def _cells(self, group: Group) -> list[Text]:
        tally = group.total
        conflicts = [_rate(tally, tally.conflicts, "yellow")] if self._wide else []
        return [
            Text(f"{tally.calls:,}"),
            *(Text(_milliseconds(value)) for value in group.latencies.values()),
            _rate(tally, tally.errors, "red"),
            _rate(tally, tally.refusals, "yellow"),
            _rate(tally, tally.retried, "yellow"),
            *conflicts,
            _rate(tally, tally.cached, ""),
        ]

    def over_time(self, report: Report) -> None:
        buckets = report.total.buckets
        if len(buckets) < 2:  # noqa: PLR2004 - one bar is no course of things
            return
        shown: list[tuple[str, Group, Callable[[Tally], float]]] = [
            ("calls", report.total, lambda tally: float(tally.calls)),
            *((f"p95 {group.name}", group, _p95) for group in report.classes),
            ("errors", report.total, lambda tally: float(tally.errors)),
        ]
        room = self._width - max(len(name) for name, _, _ in shown) - len("  at most 00,000 ms  ")
        number = (max(buckets) - min(buckets)) // report.width + 1
        width = report.width * -(-number // max(1, room))
        starts = range(min(buckets) // width * width, max(buckets) + 1, width)
        self._print()
        self._print(Text(f"over time, {duration(width)} each", style="dim"))
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for name, group, measure in shown:
            merged = _merged(group, width)
            values = [measure(merged[at]) if at in merged else 0.0 for at in starts]
            if any(values):
                unit = " ms" if name.startswith("p95") else ""
                table.add_row(
                    name, self._bars(values), Text(f"at most {milliseconds(max(values))}{unit}", "dim")
                )
        self._print(table)

    def _bars(self, values: list[float]) -> str:
        bars = _BARS if self._unicode else _PLAIN_BARS
        highest = max(values)
        return "".join(
            bars[min(len(bars) - 1, int(value / highest * len(bars)))] if value else " " for value in values
        )

    def errors(self, report: Report) -> None:
        if not report.total.errors:
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("errors", justify="right")
        for name in ("kind", "type", "code"):
            table.add_column(name)
        table.add_column("in", no_wrap=True, overflow="ellipsis")
        for failure, number in report.total.errors[:_ERRORS]:
            where = [group.name for group in report.functions if failure in dict(group.errors)]
            table.add_row(
                f"{number:,}",
                Text(failure.kind, style=_KIND_STYLES.get(failure.kind, "red")),
                failure.type,
                failure.code or "",
                where[0] + (f" +{len(where) - 1}" if len(where) > 1 else ""),
            )
        self._print()
        self._print(table)
        self.left_out(len(report.total.errors) - _ERRORS)

    def left_out(self, number: int) -> None:
        if number > 0:
            self._print(Text(f"and {number:,} more", style="dim"))

    def platform(self, report: Report) -> None:
        for line in platform(report):
            self._print()
            self._print(line)

    def verdict(self, verdict: Verdict) -> None:
        over, undecided = len(verdict.breaches), len(verdict.open)
        kept = len(verdict.judged) - over - undecided
        self._print()
        self._print(
            Text(f"budgets of {verdict.file}: {kept} kept, {over} over, {undecided} not judged", style="bold")
        )
        for each in verdict.breaches:
            self._print(Text(f"{'✗' if self._unicode else 'x'} {each.sentence}", style="red"), soft_wrap=True)
        for each in verdict.open:
            self._print(Text(f"- {each.sentence}", style="dim"), soft_wrap=True)

    def notes(self, report: Report) -> None:
        lines = notes(report)
        if lines:
            self._print()
        for line in lines:
            self._print(Text(f"note: {line}", style="dim"))


def _merged(group: Group, width: int) -> dict[int, Tally]:
    """The tallies over time in buckets of another width."""
    merged: dict[int, Tally] = {}
    for start, tally in group.buckets.items():
        merged.setdefault(start // width * width, Tally()).merge(tally)
    return merged


def _p95(tally: Tally) -> float:
    return tally.latency.quantile(0.95) or 0.0


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else milliseconds(value)


def _rate(tally: Tally, part: int, style: str) -> Text:
    return Text(rate(tally, part), style=style) if part else Text("-", style="dim")


def _fitted(name: str, width: int, *, unicode: bool) -> str:
    """A name with its end, which tells more than its begin."""
    if len(name) <= width:
        return name
    dots = "…" if unicode else "..."
    return dots + name[-(width - len(dots)) :]
