"""Workflow commands, which GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Level, Report

if TYPE_CHECKING:
    from scaffold.core.findings import Blind, Finding
    from scaffold.core.places import Place
    from scaffold.reporters.view import View

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render(report: Report, view: View) -> str:
    """One command a finding, and one a file that could not be read whole."""
    commands = [_finding(finding, view) for finding in report.findings]
    commands += [_unread(blind, view) for blind in report.blind if blind.is_unread]
    return "".join(f"{command}\n" for command in commands)


def _finding(finding: Finding, view: View) -> str:
    title = f"{finding.code} {finding.rule}"
    return _command(_COMMANDS[finding.level], title, finding.place, _message(finding), view.above)


def _unread(blind: Blind, view: View) -> str:
    return _command("warning", "not read whole", blind.place, blind.reason, view.above)


def _command(name: str, title: str, place: Place, message: str, above: str) -> str:
    properties = {
        "title": title,
        "file": above + place.path,
        "line": place.line,
        "endLine": place.end_line,
    }
    if place.line == place.end_line:  # columns are refused for several lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{name} {told}::{_data(message)}"


def _message(finding: Finding) -> str:
    evidence = [f"{each.place}: {each.message}" for each in finding.evidence]
    return "\n".join(part for part in [finding.message, *evidence, finding.way_out] if part)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
