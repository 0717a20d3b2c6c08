"""Small projects from examples, and what the rules say of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scaffold.check import mend, trials, workspace
from scaffold.check.extends import Cache
from scaffold.check.run import Outcome, Request, run
from scaffold.check.select import Wish
from scaffold.core.findings import Confidence, Profile
from scaffold.rules import registry
from scaffold.rules.doc import Mark
from support import tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.core.findings import Finding

TODAY = date(2026, 11, 21)
RULES = registry.load()


def lay(root: Path, files: Mapping[str, str]) -> Path:
    """Write the files of an example, and those that every project has."""
    return trials.lay(root, dict(files))


def check(root: Path, cache: Path | None = None) -> Outcome:
    """All rules, with all that they are unsure of; what is found may be kept in a folder."""
    wish = Wish(profile=Profile.PEDANTIC)
    request = Request(
        start=root,
        today=TODAY,
        cache=Cache(folder=root / ".cache"),
        wish=wish,
        min_confidence=Confidence.LOW,
    )
    outcome = run(request, RULES, lambda root, config: workspace.read(root, config, cache))
    for _, error in outcome.failures:
        raise error
    return outcome


def findings(root: Path, code: str) -> list[Finding]:
    """What one rule says."""
    return [finding for finding in check(root).report.findings if finding.code == code]


def marks(found: list[Finding]) -> list[Mark]:
    """The lines of findings, as examples mark them."""
    return sorted({Mark(finding.place.path, finding.place.line, finding.code) for finding in found})


def told(found: list[Finding]) -> str:
    """The findings as text: one line each, with the evidence indented below."""
    lines = []
    for finding in found:
        lines.append(f"{finding.place}: {finding.message}")
        lines += [f"  {each.place}: {each.message}" for each in finding.evidence]
        lines += [f"  try: {finding.way_out}"] if finding.way_out else []
    return "\n".join(lines)


def fixed(root: Path, code: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files after all fixes of one rule, unsafe ones too."""
    outcome = check(root)

    def again(contents: Mapping[str, bytes]) -> list[Finding]:
        tree.write(root, contents)
        return list(check(root).report.findings)

    mended = mend.mend(again, outcome.sources, lambda finding: finding.code == code)
    if mended.refused:
        raise AssertionError([(str(finding.place), why) for finding, why in mended.refused.values()])
    return {path: mended.contents.get(path, text.encode()).decode() for path, text in files.items()}
