from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from support import tree

from scaffold.core.errors import UnknownRuleError
from scaffold.core.findings import Finding, Level, Profile
from scaffold.rules import registry
from scaffold.rules.registry import Registry, Selection
from scaffold.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def make(code: str, profile: str = "recommended", *, name: str = "", needs: str = "") -> Rule:
    return Rule(
        code=code,
        name=name or f"rule-{code.lower()}",
        level=Level.WARNING,
        profile=Profile(profile),
        subject=str,
        check=_nothing,
        doc="",
        mapped=(f"other/{code[-1]}",),
        needs=needs,
    )


def _nothing(_subject: object, _rule: Rule) -> Iterator[Finding]:
    yield from ()


RULES = Registry(
    (
        make("CX1001"),
        make("CX101"),
        make("CX112", "pedantic"),
        make("CX201"),
        make("CX206", "strict"),
        make("ACME1"),
    )
)


@pytest.mark.parametrize(
    ("selection", "codes"),
    [
        (Selection(), "ACME1 CX101 CX201 CX1001"),
        (Selection(profile=Profile.STRICT), "ACME1 CX101 CX201 CX206 CX1001"),
        (Selection(profile=Profile.PEDANTIC), "ACME1 CX101 CX112 CX201 CX206 CX1001"),
        (Selection(select=("CX1",)), "CX101 CX112"),
        (Selection(select=("CX10",)), "CX1001"),
        (Selection(select=("CX",), ignore=("CX2",)), "CX101 CX112 CX1001"),
        (Selection(select=("CX201",), ignore=("CX2",)), "CX201"),
        (Selection(select=("CX2",), ignore=("CX201",)), "CX206"),
        (Selection(select=("CX2",), ignore=("CX2",)), ""),
        (Selection(extend=("CX112",), ignore=("ACME", "CX10")), "CX101 CX112 CX201"),
        (Selection(ignore=("CX",)), "ACME1"),
    ],
)
def test_selection(selection: Selection, codes: str) -> None:
    assert " ".join(rule.code for rule in RULES.selected(selection)) == codes


def test_words_that_name_nothing_are_refused() -> None:
    RULES.check_words(("CX", "CX1", "CX10", "CX201", "ACME", "ACME0"), "--select")

    for word, hint in {
        "CX2011": "did you mean CX201?",
        "cx201": "did you mean CX201?",
        "rule-cx206": "did you mean CX206?",
        "": "see them all: convex-scaffold explain",
    }.items():
        with pytest.raises(UnknownRuleError) as caught:
            RULES.check_words((word,), "--select")
        assert (caught.value.message, caught.value.hint) == (f"--select: there is no rule {word!r}", hint)


def test_codes_and_names_are_unique() -> None:
    with pytest.raises(ValueError, match="two rules have the code CX201"):
        RULES.plus([make("CX201", name="other")])
    with pytest.raises(ValueError, match="two rules have the name rule-cx201"):
        RULES.plus([make("CX999", name="rule-cx201")])
    with pytest.raises(ValueError, match="'cx1' is no code of a rule"):
        RULES.plus([make("cx1")])
    assert [rule.code for rule in RULES.plus([make("CX150")])][3] == "CX150"


def test_rules_by_what_other_tools_call_them() -> None:
    assert [rule.code for rule in RULES.mapped()["other/1"]] == ["ACME1", "CX101", "CX201", "CX1001"]


@pytest.mark.parametrize(
    ("needs", "version", "fits"),
    [
        ("", "1.0.0", True),
        ("1.31", "1.9.0", False),
        ("1.31", "1.31.0", True),
        ("1.31", "1.31.0-alpha.1", False),
        ("1.31", None, True),
        ("1.31", "workspace:*", True),
    ],
)
def test_rules_that_need_a_newer_convex(needs: str, version: str | None, *, fits: bool) -> None:
    assert registry.fits(make("CX1", needs=needs), version) is fits


RULE = '''"""Summary."""
from scaffold.core.findings import Level
from scaffold.rules.rule import rule


@rule("{code}", "{name}", str, level=Level.ERROR)
def check(subject, rule):
    yield from ()
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    yield tree.write(tmp_path / "made_rules", {"__init__.py": "", "data/__init__.py": "", "base.py": ""})
    for name in [name for name in sys.modules if name.startswith("made_rules")]:
        del sys.modules[name]


def test_finds_the_rules_of_a_package(package: Path) -> None:
    tree.write(
        package,
        {
            "data/cx201_filter_scan.py": RULE.format(code="CX201", name="filter-scan"),
            "cx101_old.py": RULE.format(code="CX101", name="old"),
            "cx_helpers.py": "from made_rules.cx101_old import check",
        },
    )

    found = registry.load("made_rules")

    assert [(rule.code, rule.name, rule.doc) for rule in found] == [
        ("CX101", "old", "Summary."),
        ("CX201", "filter-scan", "Summary."),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("cx201_a.py", RULE.format(code="CX201", name="b"), r"its file should be cx201_b\.py"),
        ("cx201_a.py", "", "holds 0 rules instead of one"),
    ],
)
def test_a_file_holds_the_rule_it_is_named_for(package: Path, name: str, text: str, message: str) -> None:
    tree.write(package, {name: text})

    with pytest.raises(ValueError, match=message):
        registry.load("made_rules")


def test_our_own_rules_load() -> None:
    assert all(rule.code.startswith("CX") and rule.doc for rule in registry.load())
