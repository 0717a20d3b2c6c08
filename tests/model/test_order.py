"""What is read has one order, whatever the seed of Python's hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.load import load

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("echo", "delta", "charlie", "bravo", "alpha", "foxtrot")


def test_functions_that_a_star_passes_on(tmp_path: Path) -> None:
    folder = tmp_path / "convex"
    folder.mkdir()
    functions = (f"export const {name} = query({{ args: {{}}, handler: async () => 1 }});" for name in _NAMES)
    imported = 'import { query } from "./_generated/server";'
    (folder / "all.ts").write_text("\n".join((imported, *functions)), "utf-8")
    (folder / "index.ts").write_text('export * from "./all";\n', "utf-8")

    (project,) = load(tmp_path).projects

    assert [function.identifier for function in project.functions] == [
        *(f"all:{name}" for name in _NAMES),
        *(f"index:{name}" for name in sorted(_NAMES)),
    ]
