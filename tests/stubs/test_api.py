"""The typed module: whole, as ruff would write it, and what mypy makes of calls through it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import expected, tree, txtar

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle.stubs.api import api_module, read_api
from scaffold.model.load import load

if TYPE_CHECKING:
    from scaffold.model.project import Project

CASES = Path(__file__).parent / "api"
WIDTHS = (79, 88, 100, 120, 160)


def project(folder: Path, case: str) -> Project:
    if case == "template":
        return load(TEMPLATE_ROOT / "template").projects[0]
    tree.write(folder, txtar.parse((CASES / f"{case}.txtar").read_text("utf-8")))
    return load(folder).projects[0]


@pytest.mark.parametrize("case", ["shop", "odd"])
def test_the_whole_module(case: str, tmp_path: Path) -> None:
    expected.check(CASES / f"{case}.expected", api_module(project(tmp_path, case)))


@pytest.mark.parametrize("case", ["shop", "odd", "template"])
def test_ruff_finds_it_in_order_at_every_width(case: str, tmp_path: Path) -> None:
    read = project(tmp_path / case, case)
    for width in WIDTHS:
        folder = tmp_path / str(width)
        tree.write(folder, {"api.py": api_module(read, width=width), "ruff.toml": f"line-length = {width}\n"})

        assert _run("ruff", "format", "--diff", "--quiet", folder) == ""
        rules = ["--select", "F,E4,E7,E9,W,I,UP,B,A,RUF,D,PYI,TC,SIM,PIE,COM"]
        # A field called `l` is refused as a variable by E741, and by UP013 where it is none.
        ignored = ["--ignore", "D100,D203,D213,UP013", "--target-version", "py311"]
        assert _run("ruff", "check", "--quiet", *rules, *ignored, folder) == ""


def test_every_function_is_found_where_its_path_says(tmp_path: Path) -> None:
    api = read_api(project(tmp_path, "odd"))
    module: dict[str, object] = {}
    exec(compile(api.text, "api.py", "exec"), module)  # noqa: S102 - our own text

    found = {name: eval(path, module) for name, path in api.paths.items()}  # noqa: S307 - our own text
    assert {name: each.name for name, each in found.items()} == {name: name for name in found}
    assert len(found) == 25


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    read = project(tmp_path, "odd")
    first = api_module(read)
    read.functions.reverse()

    assert api_module(read) == first


def test_a_project_without_public_functions(tmp_path: Path) -> None:
    tree.write(
        tmp_path,
        {"package.json": "{}", "convex/_generated/api.d.ts": "", "convex/schema.ts": "export default 1;\n"},
    )

    text = api_module(load(tmp_path).projects[0])

    assert _run("ruff", "check", "--isolated", "--quiet", "-", told=text) == ""
    assert "import" not in text


def test_mypy_accepts_right_calls_and_finds_the_wrong_ones(tmp_path: Path) -> None:
    calls = (CASES / "calls.txt").read_text("utf-8").splitlines()
    wrong = {line: call for line, call in enumerate(calls, 1) if "  # error: " in call}
    (tmp_path / "api.py").write_text(api_module(project(tmp_path / "shop", "shop")), "utf-8")
    (tmp_path / "calls.py").write_text("\n".join(calls), "utf-8")

    told = _mypy(tmp_path, "calls.py")

    found = re.findall(r"calls\.py:(\d+): error: .*\[([\w-]+)\]", told)
    assert {int(line): code for line, code in found} == {
        line: call.split("  # error: ")[1] for line, call in wrong.items()
    }
    assert f"Found {len(wrong)} errors in 1 file" in told


def test_mypy_accepts_every_type(tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text(api_module(project(tmp_path / "odd", "odd")), "utf-8")

    assert _mypy(tmp_path, "api.py").startswith("Success")


def _mypy(folder: Path, name: str) -> str:
    cache = Path(__file__).parents[2] / ".cache" / "mypy-api"
    return _run(
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        cache,
        name,
        cwd=folder,
    )


def _run(*command: str | Path, told: str = "", cwd: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, input=told, cwd=cwd)
    return done.stdout + done.stderr
