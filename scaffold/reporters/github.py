"""Workflow commands, which GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Level, Report

if TYPE_CHECKING:
    from scaffold.core.findings import Finding
    from scaffold.reporters.view import View

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render(report: Report, view: View) -> str:  # noqa: ARG001 - one signature for all formats
    """One command a finding."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    place = finding.place
    properties = {
        "title": f"{finding.code} {finding.rule}",
        "file": place.path,
        "line": place.line,
        "endLine": place.end_line,
    }
    if place.line == place.end_line:  # columns are refused for several lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {told}::{_data(_message(finding))}"


def _message(finding: Finding) -> str:
    evidence = [f"{each.place}: {each.message}" for each in finding.evidence]
    return "\n".join(part for part in [finding.message, *evidence, finding.way_out] if part)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
