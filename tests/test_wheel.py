"""The package as it is released: with its template, without its sources, on a machine of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scaffold.core.package import TEMPLATE_ROOT

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    [built] = folder.glob("*.whl")
    return built


def test_it_carries_the_template_the_history_and_nothing_else_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "copier.yml", "scaffold-manifest.yml", "template"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")

    assert {f"scaffold/_template/{name}" for name in tracked if name} == {
        name for name in names if name.startswith("scaffold/_template/")
    }
    assert {
        "scaffold/history/template.bundle",
        "scaffold/history/versions.json",
        "scaffold/py.typed",
    } <= names
    assert {f"scaffold/backend/{path}" for path in _backend_modules()} <= names
    assert {name.partition("/")[0] for name in names if "dist-info" not in name} == {"scaffold"}


def _backend_modules() -> set[str]:
    backend = ROOT / "scaffold" / "backend"
    return {path.relative_to(backend).as_posix() for path in backend.rglob("*.mjs")}


def test_it_creates_the_project_that_the_checkout_creates(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    for name, package in {"wheel": tmp_path / "installed", "checkout": TEMPLATE_ROOT}.items():
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-m", "scaffold", "new", "shop", "--defaults", "--no-verify", "--no-git"],
            cwd=tmp_path / name,
            env={**os.environ, "PYTHONPATH": str(package)},
            check=True,
            capture_output=True,
        )

    assert list((tmp_path / "wheel" / "shop").rglob("*.ts"))
    done = subprocess.run(["diff", "-r", "wheel/shop", "checkout/shop"], cwd=tmp_path, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(("build", "compiled"), [("build_editable", ["__init__"]), ("build_wheel", [])])
def test_what_is_linked_to_is_compiled_as_what_is_copied_is_by_pip(
    build: str, compiled: list[str], tmp_path: Path
) -> None:
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "scaffold/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in ("template", "copier.yml", "scaffold-manifest.yml"):
        (tmp_path / name).touch()
    code = f"from hatchling.build import {build}; {build}('built')"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)

    modules = (tmp_path / "scaffold").rglob("*.pyc")
    assert [path.name.partition(".")[0] for path in modules] == compiled
