"""Every set of options: it renders without a trace of the template, and what it gives is green."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support import tree
from support.options import (
    ALWAYS,
    AUTH,
    CI,
    COVERING,
    COVERING_IDS,
    DOMAINS,
    ENGINES,
    FOLDERS,
    MANAGERS,
    PAIRED,
    PAIRED_IDS,
    UPDATES,
    shown,
)

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle import codegen
from scaffold.model import layout
from scaffold.templates import sources
from scaffold.templates.rendering import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LEFT_OVER = re.compile(r"//%|#%|%#|@\{|\}@|<!--%|%-->")


def answers(**chosen: object) -> dict[str, object]:
    return {"project_name": "orders-backend", **chosen}


def option_sets() -> Iterator[Any]:
    """Every provider and every way to work with every choice of domains; the two touch different files."""
    providers = itertools.product(AUTH, DOMAINS, MANAGERS[:1], CI[:1], UPDATES[:1])
    ways = itertools.product(AUTH[:1], DOMAINS, MANAGERS, CI, UPDATES)
    for auth, domains, manager, ci, updates in dict.fromkeys([*providers, *ways]):
        chosen = {
            "auth": auth,
            "domains": list(domains),
            "package_manager": manager,
            "ci": ci,
            "updates": updates,
        }
        yield pytest.param(chosen, id=f"{auth}-{shown(domains)}-{manager}-{ci}-{updates}")


def folders(files: Iterable[str]) -> set[str]:
    """The folders of domains, and the web page."""
    paths = [name.split("/") for name in files]
    convex = {f"convex/{path[1]}" for path in paths if path[0] == "convex" and len(path) > 2}
    return convex | {path[0] for path in paths if path[0] == "web"}


def rendered(folder: Path, chosen: Mapping[str, Any]) -> dict[str, str]:
    with sources.open_template(None, None) as template:
        form = Form(template, folder=folder, data=answers(**chosen))
        form.take_defaults()
        form.render(folder)
    return tree.read(folder)


@pytest.mark.parametrize("chosen", list(option_sets()))
def test_renders_without_a_trace_of_the_template(chosen: dict[str, Any], tmp_path: Path) -> None:
    files = rendered(tmp_path / "project", chosen)

    assert [name for name, text in files.items() if LEFT_OVER.search(name + text)] == []
    assert folders(files) == ALWAYS.union(*(FOLDERS.get(name, set()) for name in chosen["domains"]))
    engines = {file for name, file in ENGINES.items() if name in chosen["domains"]}
    assert {name for name in ENGINES.values() if f"convex/reliability/engines/{name}.ts" in files} == engines
    assert ("package-lock.json" in files) == (chosen["package_manager"] == "npm")
    assert (".github/workflows/ci.yml" in files) == (chosen["ci"] == "github")
    assert ("renovate.json" in files) == (chosen["updates"] == "renovate")
    assert json.loads(files["package.json"]) == {
        **json.loads((TEMPLATE_ROOT / "template" / "package.json").read_text()),
        "name": "orders-backend",
    }


@pytest.mark.filterwarnings("ignore:Dirty template changes")
@pytest.mark.parametrize(("auth", "domains"), COVERING, ids=COVERING_IDS)
def test_pytest_copie_renders_the_same(
    copie: Any, auth: str, domains: tuple[str, ...], tmp_path: Path
) -> None:
    chosen: dict[str, object] = {"auth": auth, "domains": list(domains), "updates": "renovate"}
    result = copie.copy(extra_answers=answers(**chosen))

    assert result.exception is None
    ours = rendered(tmp_path / "project", chosen)
    theirs = tree.read(result.project_dir)
    for files in (ours, theirs):  # who made it differs: a version here, a commit of this repository there
        del files[".copier-answers.yml"]
    assert theirs == ours


@pytest.mark.slow
@pytest.mark.parametrize(("auth", "domains"), PAIRED, ids=PAIRED_IDS)
def test_types_lint_format_and_tests_are_green(
    auth: str, domains: tuple[str, ...], tmp_path: Path, template_modules: Path
) -> None:
    project = tmp_path / "project"
    rendered(project, {"auth": auth, "domains": list(domains), "updates": "renovate"})
    codegen.apply(codegen.plan(layout.read(project)))
    (project / "node_modules").symlink_to(template_modules)

    done = subprocess.run(["npm", "run", "check"], cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
