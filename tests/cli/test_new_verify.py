"""`new --verify`: a project proves itself, or names what failed."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from support import cli, templates, tree

if TYPE_CHECKING:
    from pathlib import Path


def template(root: Path, **scripts: str) -> Path:
    manifest = {"name": "x", "version": "1.0.0", "private": True, "scripts": scripts}
    functions = {"template/convex/tasks.ts": "export const a = 1;\n"}
    return templates.pizza(root, **{"template/package.json": json.dumps(manifest)}, **functions)


PASSES = "node -e 0"


def test_every_step_is_printed_with_its_time(folder: Path) -> None:
    template(folder / "pizza", typecheck=PASSES, lint=PASSES, test=PASSES)

    result = cli.run("new", "lunch", "--defaults", "--template", "pizza", "--no-git")

    assert result.code == 0
    steps = re.findall(r"^(\S+) (.+?) +@S@ s  (.+)$", result.out, re.MULTILINE)
    assert steps == [
        ("ok", "install packages", "npm install --no-audit --no-fund --prefer-offline --loglevel=error"),
        ("ok", "types", "npm run typecheck"),
        ("ok", "lint", "npm run lint"),
        ("ok", "tests", "npm run test"),
        ("ok", "generated code", "convex-scaffold codegen --check"),
    ]


def test_the_step_that_fails_is_named_with_its_last_words(folder: Path) -> None:
    template(folder / "pizza", typecheck=PASSES, lint="node -e \"console.log('bad.ts:1'); process.exit(1)\"")

    result = cli.run("new", "lunch", "--defaults", "--template", "pizza", "--no-git")

    assert result.code == 5
    assert result.err.startswith(
        "note: pizza has no remote: the answers file records a path of this machine, "
        "where nobody else can update from\n"
        "error: @CWD@/lunch was created, but its check 'lint' failed: npm run lint\n"
    )
    assert "  │ bad.ts:1\n" in result.err
    assert result.err.endswith("try: cd @CWD@/lunch && npm run lint\n")
    assert "Next" not in result.out


def test_json_holds_the_checks_and_keeps_stdout_to_itself(folder: Path) -> None:
    template(folder / "pizza", lint="exit 3")

    result = cli.run("new", "lunch", "--defaults", "--template", "pizza", "--no-git", "--json")

    checks = json.loads(result.out)["checks"]
    assert result.code == 5
    assert [(check["name"], check["passed"]) for check in checks][:2] == [
        ("install packages", True),
        ("lint", False),
    ]


def test_a_package_manager_that_is_missing_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "package_manager: {type: str, help: Manager, default: bun}\n"
    templates.pizza(
        folder / "pizza",
        **{"copier.yml": templates.COPIER_YML + question, "template/package.json": '{"name": "x"}'},
    )
    monkeypatch.setattr("shutil.which", _without("bun"))

    result = cli.run("new", "lunch", "--defaults", "--template", "pizza", "--no-git")

    assert result.code == 5
    assert (
        "error: bun is needed to install the project's packages\ntry: npm install --global bun\n"
        in result.err
    )
    assert (folder / "lunch" / "README.md").is_file()


def test_the_lock_file_that_an_install_makes_is_committed(folder: Path) -> None:
    template(folder / "pizza")

    cli.run("new", "lunch", "--defaults", "--template", "pizza")

    assert tree.git(folder / "lunch", "log", "--format=%s").split("\n") == [
        "Lock the dependencies in package-lock.json",
        "Create lunch with convex-scaffold v1.0.0",
    ]


@pytest.mark.slow
def test_a_project_with_defaults_proves_itself(folder: Path) -> None:
    result = cli.run("new", "shop", "--defaults", "--json")

    document = json.loads(result.out)
    assert result.code == 0, result.err
    assert [(check["name"], check["passed"]) for check in document["checks"]] == [
        ("install packages", True),
        ("types", True),
        ("lint", True),
        ("tests", True),
        ("generated code", True),
    ]
    assert tree.git(folder / "shop", "status", "--porcelain") == ""


def _without(program: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - shutil.which, nearly
    which = shutil.which
    return lambda name, **options: None if name == program else which(name, **options)
