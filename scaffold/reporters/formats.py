"""Which formats there are."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from scaffold.core.text import printable
from scaffold.reporters import summary

if TYPE_CHECKING:
    from scaffold.core.findings import Report
    from scaffold.reporters.view import View

# Name -> (what it is for). Each is a module of this package with a function `render`.
FORMATS = {
    "text": "for people: grouped by file, with the code, the evidence and the way out",
    "concise": "one line a finding, as editors and grep take it",
    "json": "for programs; documented and versioned",
    "sarif": "SARIF 2.1.0, for code scanning",
    "github": "annotations of GitHub Actions",
    "gitlab": "GitLab's code quality report",
    "junit": "JUnit XML, for test reports",
}
_TELLING = {"text", "json", "sarif"}  # those that say what could not be seen


class _Reporter(Protocol):
    def render(self, report: Report, view: View) -> str: ...


def render(name: str, report: Report, view: View) -> str:
    """The report in one of the formats, ending with a line end; empty if there is nothing to say."""
    reporter = cast("_Reporter", import_module(f"scaffold.reporters.{name}"))
    return printable(reporter.render(report, view))


def unsaid(name: str, report: Report) -> str:
    """What could not be seen, as one line, where the format has no place for it."""
    return "" if name in _TELLING else summary.not_seen(report)
