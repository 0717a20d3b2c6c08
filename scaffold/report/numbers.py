"""Numbers as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.report.tally import Tally


def milliseconds(value: float) -> str:
    """A duration with three digits or so."""
    if value >= 100 or value == int(value):  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def span(value: float) -> str:
    """A duration with its unit: milliseconds, or seconds from one on."""
    return f"{milliseconds(value)} ms" if value < 1000 else f"{milliseconds(value / 1000)} s"  # noqa: PLR2004


def rate(tally: Tally, part: int) -> str:
    """A part of the calls in per cent; something is never shown as nothing."""
    percent = 100 * tally.rate(part)
    if not part:
        return "0%"
    if percent < 0.01:  # noqa: PLR2004
        return "<0.01%"
    return f"{percent:.2f}%" if percent < 1 else f"{percent:.1f}%" if percent < 100 else "100%"  # noqa: PLR2004


def duration(seconds: int) -> str:
    """A width of buckets in words."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if not seconds % size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
