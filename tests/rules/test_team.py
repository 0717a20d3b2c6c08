from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from support import projects, tree
from support.modules import module

from scaffold.check import trials
from scaffold.check.trials import Outcome
from scaffold.core.errors import ConfigurationError
from scaffold.core.findings import Edit, Fix, Level
from scaffold.rules import packages, team

NO_LOG = """\
id: no-log
language: TypeScript
severity: error
rule:
  pattern: console.log($FIRST, $$$REST)
message: $FIRST is printed with ($$$REST)
note: Use the logger.
url: https://example.com/logging
fix: logger.info($FIRST, $$$REST)
files: ["convex/**"]
ignores: ["convex/lib/**"]
metadata: {code: 7, owner: platform}
"""
BY_ID = """\
id: ACME12-no-ternary
language: tsx
rule:
  matches: is-ternary
---
id: off
language: TypeScript
severity: "off"
rule: {pattern: off()}
"""
UTILITY = """\
id: is-ternary
language: tsx
rule: {kind: ternary_expression}
"""
TESTS = """\
id: no-log
valid:
  - logger.info(1, 2)
invalid:
  - console.log(1, 2)
---
id: ACME12-no-ternary
valid: [a && b]
invalid: ["a ? b : c", a || b]
---
id: gone
invalid: [x]
"""


def folder(root: Path, **more: str) -> Path:
    files = {
        "no-log.yml": NO_LOG,
        "ui/ternary.yaml": BY_ID,
        "utils/ternary.yml": UTILITY,
        "tests/all.yml": TESTS,
    }
    return tree.write(root / "rules", files | more)


def test_rules_run_on_their_files(tmp_path: Path) -> None:
    rules = team.from_folder(folder(tmp_path), "ACME")
    assert [(name, each.rule.code, each.rule.name, each.rule.level) for name, each in rules.items()] == [
        ("no-log", "ACME7", "no-log", Level.ERROR),
        ("ACME12-no-ternary", "ACME12", "no-ternary", Level.WARNING),
    ]
    text = "const ä = '☃';\nconsole.log(ä, 1, {a: 2});\n"
    (finding,) = rules["no-log"].rule.run(module(text))
    start = text.encode().index(b"console")
    assert (str(finding.place), finding.message) == (
        "convex/messages.ts:2:1",
        "ä is printed with (1, {a: 2})",
    )
    assert finding.way_out == "Use the logger. https://example.com/logging"
    edit = Edit("convex/messages.ts", start, len(text.encode()) - 2, "logger.info(ä, 1, {a: 2})")
    assert finding.fix == Fix("replace it with `logger.info(ä, 1, {a: 2})`", (edit,))
    for path in ("convex/lib/log.ts", "src/log.ts", "convex/log.js"):
        assert list(rules["no-log"].rule.run(module(text, path))) == []
    assert (
        len(list(rules["ACME12-no-ternary"].rule.run(module("const a = b ? c : d;\n", "convex/a.tsx")))) == 1
    )


def test_tests_of_rules(tmp_path: Path) -> None:
    lonely = NO_LOG.replace("no-log", "lonely").replace("code: 7", "code: 8")
    outcomes = list(trials.of_folder(folder(tmp_path, **{"lonely.yml": lonely}), "ACME"))
    assert outcomes == [
        Outcome("no-log", "rules/tests/all.yml:1"),
        Outcome("no-log", "rules/tests/all.yml:1"),
        Outcome("ACME12-no-ternary", "rules/tests/all.yml:7"),
        Outcome("ACME12-no-ternary", "rules/tests/all.yml:7"),
        Outcome("ACME12-no-ternary", "rules/tests/all.yml:7", "misses what is invalid: a || b"),
        Outcome("gone", "rules/tests/all.yml:11", "there is no such rule"),
        Outcome("ACME8", "rules", "lonely has no test that it must report"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: x\nlanguage: ts\nrule: {pattern: a}\n", "rules/bad.yml:1: the rule 'x' has no code"),
        (
            "id: CX101-x\nlanguage: ts\nrule: {pattern: a}\n",
            "rules/bad.yml:1: the rule 'CX101-x' has no code",
        ),
        ("language: ts\nrule: {pattern: a}\n", "rules/bad.yml:1: `id` is missing, or no text"),
        ("id: [x]\nlanguage: ts\nrule: {}\n", "rules/bad.yml:1: `id` is missing, or no text"),
        ("# c\n\nid: ACME1\nlanguage: go\nrule: {pattern: a}\n", "rules/bad.yml:3: language 'go'"),
        ("id: ACME1\nlanguage: ts\nrule: {kind: nope}\n", "rules/bad.yml:1: Kind `nope` is invalid."),
        ("id: ACME1\nlanguage: ts\nrule: 7\n", "rules/bad.yml:1: "),
        (
            "id: ACME1\nlanguage: ts\nrule: {pattern: a}\nmesage: b\n",
            "rules/bad.yml:1: 'mesage' of a rule is",
        ),
        ("id: ACME1\nlanguage: ts\nrule: {pattern: a}\nseverity: bad\n", "rules/bad.yml:1: severity 'bad'"),
        ("id: ACME1\nlanguage: ts\nrule: {pattern: a}\nfix: {a: b}\n", "rules/bad.yml:1: `fix` is no text"),
        ("id: ACME1\nlanguage: ts\nrules: {pattern: a}\n", "rules/bad.yml:1: the rule has no `rule`"),
        ("id: ACME1\n  rule: :\n", "rules/bad.yml:2: "),
        ("id: no-log\nlanguage: ts\nrule: {pattern: a}\n", "rules/no-log.yml:1: a second rule 'no-log'"),
        ("\x00", "rules/bad.yml: it cannot be read"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, message: str) -> None:
    bad = text.replace("id: no-log\n", "id: no-log\nmetadata: {code: 3}\n")
    with pytest.raises(ConfigurationError) as caught:
        team.from_folder(folder(tmp_path, **{"bad.yml": bad}), "ACME")
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^\[team\] ast-grep: there is no such folder: /.*/rules$"):
        team.from_folder(tmp_path / "rules", "ACME")


def test_a_folder_that_goes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = folder(tmp_path, **{"gone/other.yml": "id: ACME1\nlanguage: ts\nrule: {pattern: a}\n"})
    known = len(team.from_folder(rules, "ACME"))
    scandir = os.scandir

    def lose(path: str | Path) -> Any:
        if Path(path).name == "gone":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", lose)

    assert len(team.from_folder(rules, "ACME")) == known - 1


RULE = '''\
"""Numbers are not magic.

Why:
Nobody knows what they mean.

Bad:
```ts
const a = 42; // <- ACME1
```

Good:
```ts
const a = 41;
```

```ts
const b = 42;
```

Way out:
Name it.
"""

from scaffold.core.findings import Level
from scaffold.model.module import Module
from scaffold.rules.rule import rule


@rule("ACME1", "no-magic", Module, level=Level.INFO)
def check(module, rule):
    start = module.lines.source.find(b"42")
    if start >= 0:
        yield rule.finding(module.place(start, start + 2), "magic", way_out="name it")
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"acme_{tmp_path.name}"
    tree.write(tmp_path / name, {"__init__.py": "", "acme1_no_magic.py": RULE})
    tree.write(tmp_path / f"{name}_broken", {"__init__.py": "raise RuntimeError('oh')\n"})
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def _install(folder: Path, value: str) -> None:
    """A package that names rules, as installers leave it."""
    tree.write(
        folder / "acme-1.0.dist-info",
        {
            "METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
            "entry_points.txt": f"[scaffold.rules]\nacme = {value}\n",
        },
    )


def test_rules_of_packages(package: str, tmp_path: Path) -> None:
    assert packages.installed() == ()

    _install(tmp_path, package)
    (rule,) = packages.installed()
    assert (rule.code, rule.name) == ("ACME1", "no-magic")

    outcomes = list(trials.of_pages([rule], lambda root: projects.check(root).report.findings))
    assert outcomes == [
        Outcome("ACME1", "Bad 1"),
        Outcome("ACME1", "Good 1"),
        Outcome("ACME1", "Good 2", "reports convex/example.ts:1"),
    ]


@pytest.mark.parametrize("value", ["_broken", "_nowhere", ".acme1_no_magic:check.code"])
def test_packages_that_do_not_work_are_named(package: str, value: str, tmp_path: Path) -> None:
    _install(tmp_path, f"{package}{value}")
    with pytest.raises(ConfigurationError, match=r"the package acme: ") as caught:
        packages.installed()
    assert "uninstall" in caught.value.hint or "name a package" in caught.value.hint
