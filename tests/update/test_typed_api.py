"""The typed functions follow an update: the template's code as merged with the project's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import cli, updates

from scaffold.lifecycle.stubs.api import api_module
from scaffold.model.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from support.updates import Scene

API = "tests/python/api.py"
HEAD = 'import { v } from "convex/values";\nimport { query } from "./_generated/server";\n\n'
FIRST = HEAD + "export const first = query({ args: {}, returns: v.null(), handler: async () => null });\n"
MINE = HEAD + "export const mine = query({ args: { at: v.number() }, handler: async () => null });\n"
SECOND = FIRST + FIRST[len(HEAD) :].replace("first", "second")
MANIFEST = f"generated: [/convex/_generated/, /{API}]\n"
PACKAGE = '{ "dependencies": { "convex": "1.48.0" } }\n'


def scene(folder: Path, second: str) -> Scene:
    """A function of one's own, beside a template whose second version has another module."""
    (folder / "old").mkdir()
    (folder / "old" / "package.json").write_text(PACKAGE)
    (folder / "old" / "convex").mkdir()
    (folder / "old" / "convex" / "a.ts").write_text(FIRST)
    old = api_module(load(folder / "old").projects[0])
    first = {"package.json": PACKAGE, "convex/a.ts": FIRST, API: old}
    made = updates.scene(folder, first, {"convex/a.ts": second}, **{"scaffold-manifest.yml": MANIFEST})
    made.edit({"convex/mine.ts": MINE})
    assert cli.run("stubs", made.project).code == 0
    made.edit({})
    return made


def test_new_functions_come_in_and_own_ones_stay(tmp_path: Path) -> None:
    made = scene(tmp_path, SECOND)

    assert made.update().code == 0

    text = (made.project / API).read_text()
    assert text == api_module(load(made.project).projects[0])
    assert [name in text for name in ('"a:second"', '"mine:mine"')] == [True, True]


def test_it_waits_for_conflicts(tmp_path: Path) -> None:
    made = scene(tmp_path, SECOND.replace("async () => null", "async () => 2 as never"))
    made.edit({"convex/a.ts": FIRST.replace("async () => null", "async () => 1 as never")})
    before = (made.project / API).read_text()

    result = made.update()

    assert result.code == 4
    assert f"{API} waits for the conflicts: then run convex-scaffold stubs" in result.err
    assert (made.project / API).read_text() == before


@pytest.mark.parametrize("text", ["ORDERS = 1\n", None], ids=["somebody's own", "none"])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, text: str | None) -> None:
    made = scene(tmp_path, SECOND)
    made.edit({API: text})

    assert made.update().code == 0
    assert made.read().get(API) == text
