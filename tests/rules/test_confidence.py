"""How sure rules are, on cases of their case files: only what is sure is shown without being asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import cases, projects

FOLDER = Path(__file__).parent / "cases"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("CX110", "two, three, and two kinds of transactions", ["high", "high", "high"]),
        ("CX110", "two that may be too much for one transaction are less sure", ["medium"]),
        ("CX111", "a helper of another file, called by an action", ["high"]),
        ("CX111", "elements that may fail alone are reported with less confidence", ["medium"]),
        ("CX114", "built-in modules", ["high"] * 5),
        (
            "CX114",
            "names that packages have too are less sure, names that only look alike are nothing",
            ["medium"],
        ),
        ("CX702", "whole arguments, the identity, and documents", ["high", "high", "high"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_confidence(code: str, name: str, expected: list[str], tmp_path: Path) -> None:
    (case,) = [each for each in cases.read(FOLDER / f"{code}.md") if each.name == name]
    found = projects.findings(projects.lay(tmp_path, case.files), code)
    assert expected == [finding.confidence.value for finding in found]


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("CX102", "public and internal functions, with fixes", ["error"] * 4 + ["warning"]),
        ("CX107", "crons, scheduler and ctx.run*", ["error"] * 3 + ["warning"] * 3 + ["error"]),
        ("CX107", "queues of components", ["error", "error"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_level(code: str, name: str, expected: list[str], tmp_path: Path) -> None:
    (case,) = [each for each in cases.read(FOLDER / f"{code}.md") if each.name == name]
    found = projects.findings(projects.lay(tmp_path, case.files), code)
    assert expected == [finding.level.value for finding in found]
