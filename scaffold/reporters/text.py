"""Findings for people: grouped by file, with the code, the evidence, the way out, and a summary.

What a file has many of is told in a line each after the first ones: their code would say the same again.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scaffold.reporters import summary
from scaffold.reporters.frames import Frame
from scaffold.reporters.style import Style, levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding, Report
    from scaffold.reporters.view import View

_FEW = 3  # findings of a kind in a file that are told whole, where there are more than one above that


def render(report: Report, view: View) -> str:
    """The whole report."""
    return "\n".join(_lines(report, view)) + "\n"


def _lines(report: Report, view: View) -> Iterator[str]:
    style = Style(view.colour, view.unicode)
    for path, group in groupby(report.findings, key=lambda finding: finding.place.path):
        findings = list(group)
        whole, repeated = (findings, []) if view.whole else _parted(findings)
        yield _title(path, findings, style)
        for finding in whole:
            yield ""
            yield from _finding(finding, view, style)
        for alike in repeated:
            yield ""
            yield from _repeated(alike, view, style)
        yield ""
    if view.statistics and report.findings:
        yield from summary.statistics(report, view, style)
        yield ""
    yield from summary.lines(report, view, style)


def _title(path: str, findings: list[Finding], style: Style) -> str:
    counts = summary.by_level(findings)
    dot = style.paint(f" {style.sign('·')} ", "dim")
    return f"{style.paint(style.plain(path), 'strong')}{dot}{levels(counts, style)}"


def _parted(findings: list[Finding]) -> tuple[list[Finding], list[list[Finding]]]:
    """The findings of a file that are told whole, and those of each kind that only repeat these."""
    kinds: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.code, finding.rule, finding.level, finding.confidence), []).append(finding)
    repeated = [alike[_FEW:] for alike in kinds.values() if len(alike) > _FEW + 1]
    told_below = {id(finding) for alike in repeated for finding in alike}
    return [finding for finding in findings if id(finding) not in told_below], repeated


def _repeated(alike: list[Finding], view: View, style: Style) -> Iterator[str]:
    more = f" {style.sign('·')} {len(alike)} more"
    yield f"{_head(alike[0], style)}{style.paint(more, 'dim')}"
    places = [f"{finding.place.line}:{finding.place.column}" for finding in alike]
    indent = 4 + max(map(len, places)) + 2
    for place, finding in zip(places, alike, strict=True):
        first, *rest = style.prose(finding.message, view.width - indent)
        yield f"    {place:>{indent - 6}}  {first}"
        yield from (" " * indent + line for line in rest)


def _head(finding: Finding, style: Style) -> str:
    level = style.paint(finding.level, finding.level)
    sure = "" if finding.confidence == "high" else style.paint(f" ({finding.confidence} confidence)", "dim")
    return f"  {level} {style.paint(finding.code, 'strong')} {style.paint(finding.rule, 'dim')}{sure}"


def _finding(finding: Finding, view: View, style: Style) -> Iterator[str]:
    yield _head(finding, style)
    for line in style.prose(finding.message, view.width - 2):
        yield f"  {line}"
    frame = Frame(finding, view.sources, style, view.width)
    yield from frame.lines()
    yield from _way_out(finding, frame, view, style)


def _way_out(finding: Finding, frame: Frame, view: View, style: Style) -> Iterator[str]:
    """The last corner of the frame: what to do, and whether `fix` does it."""
    advice = []
    if finding.way_out:
        advice.append(("try: ", finding.way_out))
    if finding.fix:
        flag = "" if finding.fix.safe else " --unsafe"
        advice.append(("fix: ", f"{finding.fix.title} (`convex-scaffold fix{flag}`)"))
    corner = style.paint(style.sign("╰╴"), "dim")
    room = view.width - len(frame.indent()) - 2 - len("try: ")
    for label, text in advice:
        for line in style.prose(text, room):
            yield f"{frame.indent()}{corner}{style.paint(label, 'good')}{line}"
            corner, label = "  ", " " * len(label)  # noqa: PLW2901 - only the first line of each is labelled
