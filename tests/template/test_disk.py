"""The template as it lies on disk: the project with every option on, and what keeps it that."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from scaffold import __version__
from scaffold.core.package import TEMPLATE_ROOT

TEMPLATE = TEMPLATE_ROOT / "template"
FILES = sorted(
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=TEMPLATE, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name
)
TYPESCRIPT = [path for path in FILES if path.suffix in {".ts", ".mts", ".mjs"}]
# Files that list what domains bring, and those that say which files are looked at.
COMPOSITION = {Path("eslint.config.mjs"), Path("vitest.config.mts")} | {
    Path("convex") / name
    for name in (
        *("schema.ts", "http.ts", "crons.ts", "convex.config.ts", "auth.config.ts", "access.test.ts"),
        "reliability/engine.ts",
    )
}


def text(path: Path) -> str:
    return (TEMPLATE / path).read_text("utf-8")


def test_nobody_needs_to_trust_it() -> None:
    settings = yaml.safe_load((TEMPLATE_ROOT / "copier.yml").read_text())

    assert not {"_tasks", "_migrations", "_jinja_extensions"} & set(settings)


def test_every_question_has_help_and_a_default() -> None:
    settings = yaml.safe_load((TEMPLATE_ROOT / "copier.yml").read_text())
    questions = {name: q for name, q in settings.items() if not name.startswith("_")}

    assert len(questions) <= 6
    assert all({"help", "default"} <= set(question) for question in questions.values())


def test_conditions_are_few_and_stand_in_composition_files_only() -> None:
    opened = {path: len(re.findall(r"^\s*//% if ", text(path), re.MULTILINE)) for path in TYPESCRIPT}

    assert {path for path, number in opened.items() if number} <= COMPOSITION
    assert sum(opened.values()) <= 36


@pytest.mark.parametrize("path", TYPESCRIPT, ids=str)
def test_typescript_holds_conditions_and_nothing_else_of_the_template_language(path: Path) -> None:
    markers = re.findall(r"//%.*|#%.*|@\{.*|<!--%.*", text(path))

    assert [m for m in markers if not re.fullmatch(r"//% (if|elif) .+|//% endif", m)] == []


def test_the_lock_file_is_complete_and_names_no_registry() -> None:
    packages = json.loads(text(Path("package-lock.json")))["packages"]
    installed = [entry for name, entry in packages.items() if name]

    assert all("resolved" not in entry for entry in installed)
    assert [entry for entry in installed if "integrity" not in entry] == []


def test_ci_uses_the_release_that_the_template_belongs_to() -> None:
    assert f'CONVEX_SCAFFOLD_VERSION: "{__version__}"' in text(Path(".github/workflows/ci.yml"))


def test_dependencies_are_exact() -> None:
    manifest = json.loads(text(Path("package.json")))
    versions = manifest["dependencies"] | manifest["devDependencies"]

    assert [v for v in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []


@pytest.mark.slow
@pytest.mark.parametrize("script", ["typecheck", "lint", "format:check", "test"])
def test_its_own_checks_pass_in_place(script: str, template_modules: Path) -> None:
    assert template_modules.is_dir()
    done = subprocess.run(["npm", "run", script], cwd=TEMPLATE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
