from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support import cli, tree

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ALL = ("api.d.ts", "api.js", "dataModel.d.ts", "server.d.ts", "server.js")
PROJECT = {"convex/schema.ts": "export default {};\n", "convex/tasks.ts": "export const list = 1;\n"}


def test_writes_what_is_missing_and_then_nothing(folder: Path) -> None:
    tree.write(folder, PROJECT)

    assert cli.run("codegen") == cli.Result(0, "".join(f"wrote  convex/_generated/{n}\n" for n in ALL), "")
    assert cli.run("codegen") == cli.Result(0, "convex/_generated is up to date\n", "")
    assert cli.run("codegen", "--check") == cli.Result(0, "convex/_generated is up to date\n", "")


def test_check_names_what_differs_and_leaves_it(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("codegen")
    tree.write(folder, {"convex/more.ts": "export const a = 1;\n", "convex/_generated/server.ts": "old"})
    before = tree.read(folder)

    assert cli.run("codegen", "--check") == cli.Result(
        1,
        "differs  convex/_generated/api.d.ts\nstale  convex/_generated/server.ts\n",
        "write them: convex-scaffold codegen\n",
    )
    assert tree.read(folder) == before


def test_removes_what_another_setting_wrote_and_nothing_else(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("codegen")
    tree.write(folder, {"convex/_generated/api.ts": "old", "convex/_generated/ai/guidelines.md": "mine"})

    assert cli.run("codegen") == cli.Result(0, "removed  convex/_generated/api.ts\n", "")
    assert tree.read(folder)["convex/_generated/ai/guidelines.md"] == "mine"


def test_json(folder: Path) -> None:
    tree.write(folder, PROJECT)

    result = cli.run("codegen", "--check", "--json")

    assert result.code == 1
    assert json.loads(result.out) == {
        "schemaVersion": 1,
        "folder": "convex/_generated",
        "current": False,
        "differs": list(ALL),
        "stale": [],
    }


def test_runs_from_any_folder_of_the_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write(folder, PROJECT | {"convex/deep/er/a.ts": "export const a = 1;\n"})
    monkeypatch.chdir(folder / "convex" / "deep")

    assert cli.run("codegen").code == 0
    assert cli.run("codegen", "--check", folder).code == 0


def test_a_project_with_another_convex_is_told(folder: Path) -> None:
    tree.write(folder, PROJECT | {"node_modules/convex/package.json": '{"version": "1.31.2"}'})

    assert cli.run("codegen").err == (
        "note: generated as convex 1.48.0 does; this project has convex 1.31.2, whose output may differ\n"
    )


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    tree.write(folder, PROJECT | {"convex/_generated": "a file where the folder should be"})

    assert cli.run("codegen") == cli.Result(
        2,
        "",
        "error: cannot write @CWD@/convex/_generated/api.d.ts: File exists; nothing was changed\n"
        "try: check the permissions and the space left\n",
    )
