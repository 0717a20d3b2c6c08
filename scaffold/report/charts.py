"""Charts as SVG, made by hand: they follow the colours of the page, and say in words what they show."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WIDTH, _HEIGHT = 420, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 10, 22
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_LABELS = 130  # width of the names beside ranges
_ROW = 26


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values of one colour, one for each bucket; None: nothing was measured."""

    name: str
    colour: str
    values: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The buckets under a chart: a short label and a whole one each."""

    short: Sequence[str]
    whole: Sequence[str]


def bars(title: str, axis: Axis, series: Sequence[Series], show: Callable[[float], str]) -> str:
    """Bars, those of one bucket on top of each other."""
    sums = [sum(each.values[at] or 0 for each in series) for at in range(len(axis.short))]
    top = _ceiling(max(sums, default=0))
    step = _INNER_WIDTH / max(1, len(sums))
    drawn = []
    for at in range(len(sums)):
        below = 0.0
        for each in series:
            value = each.values[at] or 0
            if value:
                y, height = _y(below + value, top), _INNER_HEIGHT * value / top
                drawn.append(
                    f'<rect x="{_LEFT + at * step + 0.5:.1f}" y="{y:.1f}" width="{max(1.0, step - 1):.1f}" '
                    f'height="{height:.1f}" style="fill:var(--{each.colour})"/>'
                )
            below += value
    return _framed(title, axis, series, show, top=top, drawn=drawn, peaks=sums)


def lines(title: str, axis: Axis, series: Sequence[Series], show: Callable[[float], str]) -> str:
    """A line for each series, broken where nothing was measured; a lone point is a dot."""
    peaks = [max((each.values[at] or 0 for each in series), default=0) for at in range(len(axis.short))]
    top = _ceiling(max(peaks, default=0))
    drawn = [_line(each, top) for each in series]
    return _framed(title, axis, series, show, top=top, drawn=drawn, peaks=peaks)


def _line(series: Series, top: float) -> str:
    step = _INNER_WIDTH / max(1, len(series.values))
    colour, out = f"var(--{series.colour})", []
    part: list[str] = []
    for at, value in enumerate([*series.values, None]):
        if value is not None:
            part.append(f"{_LEFT + (at + 0.5) * step:.1f},{_y(value, top):.1f}")
        elif len(part) == 1:
            x, y = part[0].split(",")
            out.append(f'<circle cx="{x}" cy="{y}" r="2" style="fill:{colour}"/>')
            part = []
        elif part:
            out.append(f'<polyline points="{" ".join(part)}" style="stroke:{colour}"/>')
            part = []
    return "".join(out)


def ranges(title: str, rows: Sequence[tuple[str, str, Sequence[float]]], show: Callable[[float], str]) -> str:
    """A bar from the first to the last value of each row, a dot for each value, on a logarithmic axis."""
    values = [value for _, _, row in rows for value in row]
    low = floor(log10(max(1e-3, min(values))))
    high = max(low + 1, -floor(-log10(max(1e-3, *values))))
    height, room = len(rows) * _ROW + _BOTTOM + 4, _WIDTH - _LABELS - 14

    def x(value: float) -> float:
        return _LABELS + room * (log10(max(1e-3, value)) - low) / (high - low)

    out = []
    for power in range(low, high + 1):
        at = x(10.0**power)
        out.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{height - _BOTTOM}"/>')
        anchor = "end" if power == high else "middle"
        label = escape(show(10.0**power))
        out.append(f'<text x="{at:.1f}" y="{height - 6}" text-anchor="{anchor}">{label}</text>')
    for number, (name, colour, row) in enumerate(rows):
        y, fill = number * _ROW + 15, f"fill:var(--{colour})"
        out.append(f'<text x="0" y="{y + 4}">{escape(name)}</text>')
        start, end = x(row[0]), x(row[-1])
        out.append(
            f'<rect x="{start:.1f}" y="{y - 3}" width="{max(1, end - start):.1f}" height="6" rx="3" '
            f'style="{fill};opacity:.45"/>'
        )
        out += [f'<circle cx="{x(value):.1f}" cy="{y}" r="4.5" style="{fill}"/>' for value in row]
    said = "; ".join(f"{name} {', '.join(show(value) for value in row)}" for name, _, row in rows)
    return _svg(title, said, height, "".join(out))


def _framed(  # noqa: PLR0913 - the parts of a chart
    title: str,
    axis: Axis,
    series: Sequence[Series],
    show: Callable[[float], str],
    *,
    top: float,
    drawn: list[str],
    peaks: list[float],
) -> str:
    grid = []
    for part in (0, 0.5, 1):
        y = _y(top * part, top)
        grid.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        grid.append(
            f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{escape(show(top * part))}</text>'
        )
    said = _said(axis, show, peaks)
    return _svg(title, said, _HEIGHT, "".join([*grid, *drawn, *_times(axis), *_hover(axis, series, show)]))


def _times(axis: Axis) -> list[str]:
    step = _INNER_WIDTH / max(1, len(axis.short))
    last = len(axis.short) - 1
    out = []
    for at, anchor in sorted({(0, "start"), (last // 2, "middle"), (last, "end")}):
        if at == 0 and anchor != "start":
            continue
        x = {"start": _LEFT, "middle": _LEFT + (at + 0.5) * step, "end": _WIDTH - _RIGHT}[anchor]
        out.append(
            f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="{anchor}">{escape(axis.short[at])}</text>'
        )
    return out if last else out[:1]


def _hover(axis: Axis, series: Sequence[Series], show: Callable[[float], str]) -> list[str]:
    """What a pointer over a bucket is told."""
    step = _INNER_WIDTH / max(1, len(axis.whole))
    out = []
    for at, whole in enumerate(axis.whole):
        values = [(each.name, each.values[at]) for each in series]
        told = [f"{name} {show(value)}" for name, value in values if value is not None]
        title = escape("\n".join([whole, *told]))
        out.append(
            f'<rect class="hover" x="{_LEFT + at * step:.1f}" y="{_TOP}" width="{step:.1f}" '
            f'height="{_INNER_HEIGHT}"><title>{title}</title></rect>'
        )
    return out


def _said(axis: Axis, show: Callable[[float], str], peaks: list[float]) -> str:
    if not peaks:
        return "Nothing was measured."
    highest = max(range(len(peaks)), key=lambda at: peaks[at])
    return (
        f"From {axis.whole[0]} to {axis.whole[-1]}: {show(peaks[0])} at the start, "
        f"at most {show(peaks[highest])} at {axis.whole[highest]}, {show(peaks[-1])} at the end."
    )


def _svg(title: str, said: str, height: int, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img"><title>{escape(title)}</title>'
        f"<desc>{escape(said)}</desc>{body}</svg>"
    )


def _y(value: float, top: float) -> float:
    return _TOP + _INNER_HEIGHT * (1 - value / top)


def _ceiling(value: float) -> float:
    """The next round number."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** floor(log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999999))
