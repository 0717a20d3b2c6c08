"""Findings as a JSON document. Its schema is scaffold/data/check-report.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold import __version__
from scaffold.core.fingerprints import fingerprints
from scaffold.core.text import as_json

if TYPE_CHECKING:
    from scaffold.core.findings import Blind, Evidence, Finding, Fix, Report
    from scaffold.core.places import Place
    from scaffold.reporters.view import View

SCHEMA_VERSION = 1  # grows when a key changes its meaning or goes; new keys may come at any time


def render(report: Report, view: View) -> str:
    """The document."""
    return as_json(document(report, view)) + "\n"


def document(report: Report, view: View) -> dict[str, Any]:
    """The document before it is text."""
    names = fingerprints(report.findings, view.sources)
    return {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "convex-scaffold", "version": __version__},
        "summary": _summary(report),
        "findings": [_finding(*pair) for pair in zip(report.findings, names, strict=True)],
        "notSeen": [_blind(blind) for blind in report.blind],
    }


def _summary(report: Report) -> dict[str, Any]:
    return {
        "findings": len(report.findings),
        "files": report.files,
        "functions": report.functions,
        "seconds": round(report.seconds, 3),
        "suppressed": report.suppressed,
        "belowConfidence": report.hidden,
        "baseline": {
            "left": report.baselined,
            "mended": report.stale_baseline,
            "since": report.baseline_since or None,
        },
    }


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "rule": finding.rule,
        "level": finding.level,
        "confidence": finding.confidence,
        "message": finding.message,
        "wayOut": finding.way_out or None,
        "symbol": finding.symbol or None,
        "fingerprint": fingerprint,
        "place": _place(finding.place),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "fix": _fix(finding.fix) if finding.fix else None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "start": {"line": place.line, "column": place.column, "byte": place.start},
        "end": {"line": place.end_line, "column": place.end_column, "byte": place.end},
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"message": evidence.message, "place": _place(evidence.place)}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {"path": edit.path, "startByte": edit.start, "endByte": edit.end, "text": edit.text}
        for edit in fix.edits
    ]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _blind(blind: Blind) -> dict[str, Any]:
    return {"kind": blind.kind, "reason": blind.reason, "place": _place(blind.place)}
