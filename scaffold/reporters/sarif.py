"""SARIF 2.1.0, as code scanning services take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scaffold import __version__
from scaffold.core.findings import Level, Report
from scaffold.core.fingerprints import fingerprints
from scaffold.core.text import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.findings import Blind, Edit, Finding, Fix, Suppressed
    from scaffold.core.places import Place
    from scaffold.reporters.view import RuleCard, View

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_ROOT = "PROJECTROOT"


def render(report: Report, view: View) -> str:
    """The log, with one run."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report, view)]}
    if view.above:
        _place_below(quote(view.above), log)
    return as_json(log) + "\n"


def _run(report: Report, view: View) -> dict[str, Any]:
    index = {card.code: number for number, card in enumerate(view.rules)}
    silenced = sorted(report.silenced, key=lambda each: (each.finding.place, each.finding.code))
    results = [_result(finding, view, index) for finding in report.findings]
    results += [_result(each.finding, view, index) | _suppressions(each) for each in silenced]
    everything = [*report.findings, *(each.finding for each in silenced)]
    for result, name in zip(results, _names(everything, view), strict=True):
        result["partialFingerprints"] = {"convexScaffold/v1": name}
    return {
        "tool": {"driver": _driver(view.rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The top of the repository, or the folder that was checked."}}
        },
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notifications(report.blind)}
        ],
        "results": results,
    }


def _names(findings: list[Finding], view: View) -> list[str]:
    """Fingerprints in the order given; twins are numbered by place, wherever they stand in the log."""
    order = sorted(range(len(findings)), key=lambda number: findings[number].place)
    names = dict(zip(order, fingerprints((findings[number] for number in order), view.sources), strict=True))
    return [names[number] for number in range(len(findings))]


def _driver(rules: Iterable[RuleCard]) -> dict[str, Any]:
    return {
        "name": "convex-scaffold",
        "semanticVersion": __version__,
        "rules": [_rule(card) for card in rules],
    }


def _rule(card: RuleCard) -> dict[str, Any]:
    text = {
        "shortDescription": card.summary,
        "fullDescription": card.why,
        "help": card.way_out,
    }
    return {
        "id": card.code,
        "name": _pascal(card.name),
        **{key: {"text": value} for key, value in text.items() if value},
        "defaultConfiguration": {"level": _LEVELS[card.level]},
        "properties": {"tags": ["convex", str(card.profile)]},
    }


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _result(finding: Finding, view: View, index: dict[str, int]) -> dict[str, Any]:
    advice = f"\n{finding.way_out}" if finding.way_out else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.level],
        "message": {"text": finding.message + advice},
        "locations": [{"physicalLocation": _location(finding.place)} | _logical(finding)],
        "properties": {"confidence": str(finding.confidence)},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.evidence:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(each.place), "message": {"text": each.message}}
            for number, each in enumerate(finding.evidence, 1)
        ]
    if finding.fix and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix, view)]
    return result


def _logical(finding: Finding) -> dict[str, Any]:
    return {"logicalLocations": [{"fullyQualifiedName": finding.symbol}]} if finding.symbol else {}


def _location(place: Place) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place.path), "region": _region(place)}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}


def _place_below(above: str, part: Any) -> None:
    """Put the way from the top of the repository, which code scanning starts from, before all addresses."""
    for value in part.values() if isinstance(part, dict) else part:
        if isinstance(value, dict) and value.get("uriBaseId") == _ROOT:
            value["uri"] = above + value["uri"]
        elif isinstance(value, dict | list):
            _place_below(above, value)


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(fix: Fix, view: View) -> dict[str, Any]:
    paths = sorted({edit.path for edit in fix.edits})
    return {
        "description": {"text": fix.title if fix.safe else f"{fix.title} (to be reviewed)"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [_replacement(edit, view) for edit in sorted(fix.edits) if edit.path == path],
            }
            for path in paths
        ],
    }


def _replacement(edit: Edit, view: View) -> dict[str, Any]:
    place = view.sources.lines(edit.path).place(edit.start, edit.end)
    return {"deletedRegion": _region(place), "insertedContent": {"text": edit.text}}


def _suppressions(each: Suppressed) -> dict[str, Any]:
    justification = {"justification": each.reason} if each.reason else {}
    return {"suppressions": [{"kind": "inSource" if each.in_source else "external"} | justification]}


def _notifications(blind: tuple[Blind, ...]) -> list[dict[str, Any]]:
    """What could not be seen: a file that does not parse is a warning, a value that cannot be told a note."""
    return [
        {
            "level": "warning" if each.is_unread else "note",
            "message": {"text": f"{each.kind}: {each.reason}"},
            "locations": [{"physicalLocation": _location(each.place)}],
        }
        for each in blind
    ]
