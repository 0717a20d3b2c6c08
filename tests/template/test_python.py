"""The Python tests of the template: what was generated is current, and every option set is green."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support import cli

from scaffold import __version__
from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle import new
from scaffold.lifecycle.stubs import pruning
from scaffold.lifecycle.stubs.api import api_module
from scaffold.model.load import load
from scaffold.templates import sources
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = TEMPLATE_ROOT / "template"
API = Path("tests/python/api.py")
ALL = list(yaml.safe_load((TEMPLATE_ROOT / "copier.yml").read_text())["domains"]["choices"].values())
PYTHON = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CONVEX_"))}


def some_domains() -> Iterator[Any]:
    """None, each alone, all of them."""
    for domains in ([], *([one] for one in ALL), ALL):
        yield pytest.param(domains, id="+".join(domains) or "none")


def created(target: Path, domains: list[str]) -> Path:
    with sources.open_template(None, None) as template:
        form = Form(template, folder=target, data={"project_name": "shop", "domains": domains})
        form.take_defaults()
        return new.create(form, target, with_git=False, message="").path


def run(project: Path, *tools: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", "tests/python/run.mjs", *tools],
        cwd=project,
        env=PYTHON,
        capture_output=True,
        text=True,
        check=False,
    )


def test_packages_are_exact_and_the_scaffold_is_that_of_the_template() -> None:
    wanted = tomllib.loads((TEMPLATE / "pyproject.toml").read_text())["dependency-groups"]["dev"]

    assert [each for each in wanted if not re.fullmatch(r"[\w-]+(\[\w+\])?==\d+(\.\d+)+", each)] == []
    assert f"convex-scaffold[testing]=={__version__}" in wanted


def test_what_is_generated_is_current() -> None:
    """Else run `convex-scaffold stubs` in template/, and fill in the tests that it leaves open."""
    assert cli.run("stubs", "--check", TEMPLATE).code == 0
    tests = "".join(path.read_text() for path in (TEMPLATE / "tests/python").glob("test_*.py"))
    assert re.findall(r'mark\.untested\("(.*)"\)', tests) == []


@pytest.mark.parametrize("domains", list(some_domains()))
def test_a_new_project_has_what_would_be_written_for_it(domains: list[str], tmp_path: Path) -> None:
    project = created(tmp_path / "shop", domains)

    assert (project / API).read_text() == api_module(load(project).projects[0])
    checked = cli.run("stubs", "--check", project)
    assert checked.code == 0, checked.out


@pytest.mark.parametrize("addition", ["def broken(:\n", "class _Mine:\n    x = 1\n"])
def test_what_somebody_has_changed_ends_no_creation(addition: str, tmp_path: Path) -> None:
    text = (TEMPLATE / API).read_text() + addition
    (tmp_path / API).parent.mkdir(parents=True)
    (tmp_path / API).write_text(text)
    (tmp_path / "convex/users").mkdir(parents=True)
    (tmp_path / "convex/users/public.ts").write_text("")

    pruning.fit(tmp_path)

    assert ("orders" in (tmp_path / API).read_text()) == ("broken" in addition)


def test_without_their_packages_they_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    done = run(created(tmp_path / "shop", []), "mypy", "pytest")

    assert (done.returncode, done.stdout) == (0, "No Python tests: there is no .venv (see the README).\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("domains", "chosen"),
    # The tests that make up arguments take most of the time, and once is enough.
    [pytest.param(ALL, "", id="all"), pytest.param([], " -k not(answers)", id="none")],
)
def test_green(domains: list[str], chosen: str, tmp_path: Path, template_modules: Path) -> None:
    project = created(tmp_path / "shop", domains)
    (project / "node_modules").symlink_to(template_modules)
    (project / ".venv").symlink_to(sys.prefix)

    done = run(project, "ruff check", "ruff format --check", "mypy", f"pytest -q -p no:cacheprovider{chosen}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ passed(, \d+ deselected)? in ", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.slow
def test_a_function_that_lets_everybody_in_is_noticed(tmp_path: Path, template_modules: Path) -> None:
    project = created(tmp_path / "shop", ["orders"])
    (project / "node_modules").symlink_to(template_modules)
    (project / ".venv").symlink_to(sys.prefix)
    auth = project / "convex/lib/auth.ts"
    auth.write_text(auth.read_text().replace("document.ownerId !== userId", "document.ownerId === null"))

    done = run(project, "pytest -q -p no:cacheprovider tests/python/test_orders_public.py -k another")

    failed = re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE)
    assert failed == [f"test_{name}_refuses_another_user" for name in ("get", "cancel", "quote_shipping")]
