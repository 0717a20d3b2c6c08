"""One line a finding: path:line:column: CX201 warning message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.reporters import summary
from scaffold.reporters.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Report
    from scaffold.reporters.view import View


def render(report: Report, view: View) -> str:
    """The lines; none if there are no findings."""
    return "".join(f"{line}\n" for line in _lines(report, view))


def _lines(report: Report, view: View) -> Iterator[str]:
    style = Style(view.colour, view.unicode)
    for finding in report.findings:
        place = style.paint(style.plain(str(finding.place)), "strong")
        level = style.paint(finding.level, finding.level)
        yield f"{place}: {finding.code} {level} {style.plain(finding.message)}"
    if view.statistics and report.findings:
        yield ""
        yield from summary.statistics(report, view, style)
