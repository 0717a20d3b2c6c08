"""What is read has one order, and does not depend on what was asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.model.load import load
from scaffold.model.steps import Throw

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


@pytest.mark.parametrize("asked_before", [(), ("far:start",)])
def test_a_helper_that_another_function_comes_to_by_a_longer_way(
    asked_before: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "convex"
    folder.mkdir()
    last = "export function step20() { throw new Error('the end'); }"
    steps = (f"export function step{number}() {{ step{number + 1}(); }}" for number in range(20))
    (folder / "steps.ts").write_text("\n".join((*steps, last)), "utf-8")
    for name, first in (("far", 0), ("near", 12)):
        (folder / f"{name}.ts").write_text(
            'import { mutation } from "./_generated/server";\n'
            f'import {{ step{first} }} from "./steps";\n'
            f"export const start = mutation({{ args: {{}}, handler: async () => step{first}() }});\n",
            "utf-8",
        )
    (project,) = load(tmp_path).projects
    functions = {function.identifier: function for function in project.functions}

    for name in asked_before:
        assert not list(functions[name].steps(Throw))  # too far to be told
    thrown = [reached.levels for reached in functions["near:start"].steps(Throw)]

    assert [len(levels) for levels in thrown] == [10]
