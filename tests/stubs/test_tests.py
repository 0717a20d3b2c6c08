"""The generated tests: whole, and as ruff would write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import expected, tree

from scaffold.core.package import TEMPLATE_ROOT
from scaffold.lifecycle.stubs.plan import plan
from scaffold.model.load import load

NOTES = Path(__file__).parent.parent / "testing" / "notes"
HERE = Path(__file__).parent / "tests"


def texts(source: Path, folder: Path, settings: str = "") -> dict[str, str]:
    """The generated files of a project, by name."""
    tree.write(folder, {"ruff.toml": settings})
    written = plan(folder, load(source).projects[0]).changes
    return {Path(change.path).name: change.after.decode() for change in written}


@pytest.mark.parametrize("name", ["conftest.py", "stubs.json", "test_drafts.py", "test_notes.py"])
def test_the_whole_files(name: str, tmp_path: Path) -> None:
    expected.check(HERE / f"{name}.expected", texts(NOTES, tmp_path)[name])


@pytest.mark.parametrize("source", [NOTES, TEMPLATE_ROOT / "template"], ids=["notes", "template"])
@pytest.mark.parametrize("width", [79, 88, 110])
def test_ruff_finds_them_in_order_at_every_width(source: Path, width: int, tmp_path: Path) -> None:
    settings = f"line-length = {width}\n"
    written = texts(source, tmp_path, settings)
    written.pop("api.py")
    tree.write(tmp_path / "out", written | {"ruff.toml": settings})

    assert _run("ruff", "format", "--diff", "--quiet", tmp_path / "out") == ""
    rules = ["--select", "F,E4,E7,E9,W,I,UP,B,A,RUF,PT,SIM,PIE,COM,N", "--ignore", "COM812"]
    assert _run("ruff", "check", "--quiet", *rules, "--target-version", "py311", tmp_path / "out") == ""


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr
