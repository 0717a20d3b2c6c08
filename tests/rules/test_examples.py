"""The examples of a rule's page: Bad is reported on its marked lines and nowhere else, Good is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import projects

from scaffold.rules import doc

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.rules.doc import Example
    from scaffold.rules.rule import Rule


def _examples(title: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{number}")
        for rule in projects.RULES
        for number, example in enumerate(getattr(doc.parse(rule.doc), title), 1)
    ]


@pytest.mark.parametrize("rule", projects.RULES.rules, ids=lambda rule: rule.code)
def test_page_is_whole(rule: Rule) -> None:
    page = doc.parse(rule.doc)
    assert page.missing() == []
    assert all(example.marks for example in page.bad), "a Bad example marks no line"
    assert not any(example.marks for example in page.good), "a Good example has marks"
    assert page.summary[0] != page.summary[0].lower() or page.summary.startswith("`")


@pytest.mark.parametrize(("rule", "example"), _examples("bad"))
def test_bad(rule: Rule, example: Example, tmp_path: Path) -> None:
    found = projects.findings(projects.lay(tmp_path, example.files), rule.code)
    assert list(example.marks) == projects.marks(found)
    assert all(finding.message and finding.way_out for finding in found)


@pytest.mark.parametrize(("rule", "example"), _examples("good"))
def test_good(rule: Rule, example: Example, tmp_path: Path) -> None:
    found = projects.findings(projects.lay(tmp_path, example.files), rule.code)
    assert projects.marks(found) == []
