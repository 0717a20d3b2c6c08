"""Findings for people: grouped by file, with the code, the evidence, the way out, and a summary."""

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


def render(report: Report, view: View) -> str:
    """The whole report."""
    return "\n".join(_lines(report, view)) + "\n"


def _lines(report: Report, view: View) -> Iterator[str]:
    style = Style(view.colour, view.unicode)
    for path, group in groupby(report.findings, key=lambda finding: finding.place.path):
        findings = list(group)
        yield _title(path, findings, style)
        for finding in findings:
            yield ""
            yield from _finding(finding, view, style)
        yield ""
    if view.statistics and report.findings:
        yield from summary.statistics(report, view, style)
        yield ""
    yield from summary.lines(report, view, style)


def _title(path: str, findings: list[Finding], style: Style) -> str:
    counts = summary.by_level(findings)
    dot = style.paint(f" {style.sign('·')} ", "dim")
    return f"{style.paint(style.plain(path), 'strong')}{dot}{levels(counts, style)}"


def _finding(finding: Finding, view: View, style: Style) -> Iterator[str]:
    level = style.paint(finding.level, finding.level)
    sure = "" if finding.confidence == "high" else style.paint(f" ({finding.confidence} confidence)", "dim")
    yield f"  {level} {style.paint(finding.code, 'strong')} {style.paint(finding.rule, 'dim')}{sure}"
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
