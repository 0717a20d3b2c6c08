"""The tables of the page; those of charts say the same to readers who do not see them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from scaffold.report.numbers import milliseconds, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scaffold.report.charts import Axis, Series
    from scaffold.report.results import Group, Report

_COLUMNS = (
    *("calls", "p50 ms", "p95 ms", "p99 ms"),
    *("errors", "refused", "retried", "conflicts", "cached"),
)
_KINDS = {"refusal": "warn", "upstream": "warn", "conflict": "warn"}


def groups(report: Report) -> str:
    """The classes, and all calls below."""
    rows = "".join(f"<tr><th>{escape(group.name)}</th>{_cells(group)}</tr>" for group in report.classes)
    head = _head(("class", *_COLUMNS))
    foot = f"<tfoot><tr><th>all</th>{_cells(report.total)}</tr></tfoot>"
    return f'<div class="scroll" tabindex="0"><table>{head}<tbody>{rows}</tbody>{foot}</table></div>'


def functions(report: Report) -> str:
    """Every function; a script lets readers sort and filter them."""
    rows = "".join(
        f'<tr><th>{escape(group.name)}</th><td class="left">{escape(group.class_)}</td>{_cells(group)}</tr>'
        for group in report.functions
    )
    head = _head(("function", "class", *_COLUMNS))
    table = f'<table class="sortable">{head}<tbody>{rows}</tbody></table>'
    return f'<h2>By function</h2><div class="scroll" tabindex="0">{table}</div>'


def errors(report: Report) -> str:
    """What failed, and where."""
    if not report.total.errors:
        return ""
    rows = []
    for failure, number in report.total.errors:
        where = [group.name for group in report.functions if failure in dict(group.errors)]
        rows.append(
            f'<tr><td class="left {_KINDS.get(failure.kind, "bad")}">{failure.kind}</td>'
            f'<td class="left">{escape(failure.type)}</td><td class="left">{escape(failure.code or "")}</td>'
            f'<td>{number:,}</td><td class="left">{escape(_some(where))}</td></tr>'
        )
    head = _head(("kind", "type", "code", "times", "in"), left=frozenset({"type", "code", "in"}))
    table = f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"
    return f'<h2>What failed</h2><div class="scroll" tabindex="0">{table}</div>'


def over_time(title: str, axis: Axis, series: Sequence[Series], show: Callable[[float], str]) -> str:
    """The numbers of a chart."""
    rows = []
    for at, whole in enumerate(axis.whole):
        values = (each.values[at] for each in series)
        cells = "".join(f"<td>{'-' if value is None else escape(show(value))}</td>" for value in values)
        rows.append(f"<tr><td>{whole}</td>{cells}</tr>")
    head = _head(("from", *(each.name for each in series)))
    label = escape(f"{title} as a table", quote=True)
    return (
        "<details><summary>As a table</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f"<table>{head}<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _head(names: Iterable[str], left: frozenset[str] = frozenset({"class"})) -> str:
    cells = (f'<th scope="col"{" class=left" if name in left else ""}>{escape(name)}</th>' for name in names)
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def _cells(group: Group) -> str:
    tally = group.total
    rates = (
        (tally.errors, "bad"),
        (tally.refusals, ""),
        (tally.retried, ""),
        (tally.conflicts, ""),
        (tally.cached, ""),
    )
    cells = [f'<td data-value="{tally.calls}">{tally.calls:,}</td>']
    for value in group.latencies.values():
        shown = "-" if value is None else milliseconds(value)
        cells.append(f'<td data-value="{value or 0:.6g}">{shown}</td>')
    for part, tone in rates:
        style = f' class="{tone}"' if part and tone else ""
        shown = rate(tally, part) if part else "-"
        cells.append(f'<td data-value="{tally.rate(part):.6g}"{style}>{shown}</td>')
    return "".join(cells)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown  # noqa: PLR2004
