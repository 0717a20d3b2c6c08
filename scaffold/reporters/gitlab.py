"""GitLab's code quality report: a JSON list, compared between branches by fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.findings import Level, Report
from scaffold.core.fingerprints import fingerprints
from scaffold.core.text import as_json

if TYPE_CHECKING:
    from scaffold.core.findings import Finding
    from scaffold.reporters.view import View

_SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.INFO: "info"}


def render(report: Report, view: View) -> str:
    """The list, empty if there are no findings."""
    names = fingerprints(report.findings, view.sources)
    issues = [_issue(finding, name, view.above) for finding, name in zip(report.findings, names, strict=True)]
    return as_json(issues) + "\n"


def _issue(finding: Finding, fingerprint: str, above: str) -> dict[str, Any]:
    place = finding.place
    return {
        "description": f"{finding.code}: {finding.message}",
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.level],
        "location": {
            "path": above + place.path,
            "positions": {
                "begin": {"line": place.line, "column": place.column},
                "end": {"line": place.end_line, "column": place.end_column},
            },
        },
    }
