"""`adopt` on a real terminal: look, choose, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import tree
from support.terminal import CTRL_C, ENTER, SPACE, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "package.json": '{ "name": "shop" }\n',
    "convex/schema.ts": "export default 1;\n",
    "convex/a.ts": "export const a = 1;\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tree.repository(tmp_path / "shop", FILES)


@pytest.fixture
def terminal(shop: Path) -> Iterator[Terminal]:
    running = Terminal(shop, "adopt")
    yield running
    running.kill()


def test_a_group_is_chosen_and_taken(terminal: Terminal, shop: Path) -> None:
    terminal.see("the template knows nothing of")
    terminal.see("Which parts of the template do you want now?")
    terminal.type(SPACE, ENTER)  # the first is ci
    terminal.see(".nvmrc")
    terminal.see("Adopt it like this?")
    terminal.type("y")
    terminal.see("undo")
    assert terminal.end() == 0

    staged = tree.git(shop, "diff", "--cached", "--name-only").split()
    assert ".nvmrc" in staged
    assert "AGENTS.md" not in staged


@pytest.mark.parametrize("key", ["n", CTRL_C])
def test_turning_back_leaves_everything_as_it_was(terminal: Terminal, shop: Path, key: str) -> None:
    terminal.see("Which parts of the template do you want now?")
    terminal.type(ENTER)
    terminal.see("Adopt it like this?")
    terminal.type(key)
    assert terminal.end() == 130

    assert tree.read(shop) == FILES
    assert tree.git(shop, "status", "--porcelain") == ""
