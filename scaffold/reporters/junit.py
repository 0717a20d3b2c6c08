"""JUnit XML: a suite a file, a test case a finding; a run without findings is one passed case.

What could not be read whole is skipped.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Blind, Finding, Report
    from scaffold.reporters.view import View

# What XML 1.0 has no way to write.
_IMPOSSIBLE = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render(report: Report, view: View) -> str:  # noqa: ARG001 - one signature for all formats
    """The document."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    total = len(report.findings)
    unread = [blind for blind in report.blind if blind.is_unread]
    tests = max(total, 1) + len(unread)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield _tag("testsuites", name="convex-scaffold check", tests=tests, failures=total, errors=0)
    if not total:
        yield "  " + _tag("testsuite", name="convex-scaffold check", tests=1, failures=0, errors=0)
        yield "    " + _tag("testcase", name="no findings", classname="convex-scaffold").replace(">", "/>")
        yield "  </testsuite>"
    for path, group in groupby(report.findings, key=lambda finding: finding.place.path):
        findings = list(group)
        yield "  " + _tag("testsuite", name=path, tests=len(findings), failures=len(findings), errors=0)
        for finding in findings:
            yield from _case(finding)
        yield "  </testsuite>"
    if unread:
        number = len(unread)
        yield "  " + _tag("testsuite", name="not seen", tests=number, failures=0, errors=0, skipped=number)
        for blind in unread:
            yield from _skipped(blind)
        yield "  </testsuite>"
    yield "</testsuites>"


def _case(finding: Finding) -> Iterator[str]:
    place = finding.place
    name = f"{finding.code} {finding.rule} {place.line}:{place.column}"
    yield "    " + _tag("testcase", name=name, classname=place.path, file=place.path, line=place.line)
    failure = _tag("failure", type=finding.code, message=f"{finding.level}: {finding.message}")
    yield f"      {failure}{escape(_printable(_details(finding)))}</failure>"
    yield "    </testcase>"


def _skipped(blind: Blind) -> Iterator[str]:
    path = blind.place.path
    yield "    " + _tag("testcase", name="not read whole", classname=path, file=path, line=blind.place.line)
    yield "      " + _tag("skipped", message=blind.reason).replace(">", "/>")
    yield "    </testcase>"


def _details(finding: Finding) -> str:
    evidence = [f"{each.place}: {each.message}" for each in finding.evidence]
    return "\n".join(part for part in [str(finding.place), *evidence, finding.way_out] if part)


def _tag(name: str, /, **attributes: object) -> str:
    told = "".join(f" {key}={quoteattr(_printable(str(value)))}" for key, value in attributes.items())
    return f"<{name}{told}>"


def _printable(text: str) -> str:
    return _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", text)
