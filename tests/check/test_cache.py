"""The cache shows in nothing but time: after any edit, a warm run says what a cold one says."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from support import projects

if TYPE_CHECKING:
    from scaffold.core.findings import Report

CONVEX = Path(__file__).parents[2] / "template" / "convex"
UNSAFE = """
export const everything = query({
  args: { table: v.any() },
  handler: async (ctx) => ctx.db.query("orders").collect(),
});
"""


@pytest.mark.parametrize("seed", range(2))
def test_a_warm_run_says_what_a_cold_one_says(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same edits every time
    root = tmp_path / "project"
    shutil.copytree(CONVEX, root / "convex")
    cache = tmp_path / "cache"
    _report(root, cache)

    reports = []
    for _ in range(4):
        _edit(random, sorted((root / "convex").rglob("*.ts")))
        reports.append(_report(root, None))
        assert _report(root, cache) == reports[-1]

    assert len(set(map(str, reports))) > 1  # the edits were seen at all


def _report(root: Path, cache: Path | None) -> Report:
    return replace(projects.check(root, cache).report, seconds=0)


def _edit(random: Random, files: list[Path]) -> None:
    """What an editor does to a file: lines go, come, move and change, and files trade their contents."""
    path = random.choice(files)
    lines = path.read_text().splitlines(keepends=True)
    start = random.randrange(len(lines) or 1)
    end = start + random.randrange(1, 9)
    match random.choice(("drop", "double", "add", "rename", "trade")):
        case "drop":
            lines[start:end] = []
        case "double":
            lines[end:end] = lines[start:end]
        case "add":
            lines += UNSAFE.splitlines(keepends=True)
        case "rename":
            lines = [line.replace("export const ", "export const other") for line in lines]
        case "trade":
            other = random.choice(files)
            lines, theirs = other.read_text().splitlines(keepends=True), lines
            other.write_text("".join(theirs))
    path.write_text("".join(lines))
