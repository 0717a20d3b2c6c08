"""The case files of rules: near misses, exceptions, code over several files. See support/cases.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import cases, projects

if TYPE_CHECKING:
    from support.cases import Case

FOLDER = Path(__file__).parent / "cases"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in cases.read(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.name}")
def test_case(case: Case, tmp_path: Path) -> None:
    found = projects.findings(projects.lay(tmp_path, case.files), case.code)
    assert case.marks == projects.marks(found)
    if case.told is not None:
        assert case.told == projects.told(found)
    if case.fixed:
        assert case.files | case.fixed == projects.fixed(tmp_path, case.code, case.files)


def test_every_rule_has_a_case_file_and_every_case_file_a_rule() -> None:
    assert [rule.code for rule in projects.RULES] == [
        rule.code for rule in projects.RULES if (FOLDER / f"{rule.code}.md").is_file()
    ]
    assert {case.code for case in CASES} == {rule.code for rule in projects.RULES}
