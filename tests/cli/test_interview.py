"""`new` on a real terminal: the questions, their checks, changing an answer, and turning back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import templates, tree
from support.terminal import CTRL_C, DOWN, ENTER, SPACE, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    templates.pizza(tmp_path / "pizza")
    (tmp_path / "here" / "taken").mkdir(parents=True)
    tree.write(tmp_path / "here", {"taken/file": "mine"})
    return tmp_path / "here"


@pytest.fixture
def terminal(here: Path) -> Iterator[Terminal]:
    running = Terminal(here, "new", "--no-verify", "--no-git", "--template", "../pizza")
    yield running
    running.kill()


def test_asks_checks_lets_change_and_creates(here: Path, terminal: Terminal) -> None:
    terminal.see("Name of the project")
    terminal.type("Lunch")
    terminal.see("package names are lower-case")
    terminal.type("\x15", "taken")
    terminal.see("taken is not empty; nothing was changed")
    terminal.type("\x15", "lunch", ENTER)
    terminal.see("Which flavour")
    terminal.type(DOWN, ENTER)
    terminal.see("How hot")
    terminal.type("\x7f", "12")
    terminal.see("nobody can eat that")
    terminal.type("\x7f", "\x7f", "5", ENTER)
    terminal.see("Toppings")
    terminal.type(DOWN, SPACE, ENTER)
    terminal.see("cheese, onion")
    terminal.see("Ready?")
    terminal.type(DOWN, DOWN, ENTER)  # change flavour
    terminal.see("Which flavour")
    terminal.type(DOWN, ENTER)
    terminal.see("Plain")
    terminal.see("Ready?")
    terminal.type(DOWN, ENTER)  # change project_name
    terminal.see("Name of the project")
    terminal.type("dinner", ENTER)
    terminal.see("Ready?")
    terminal.type(ENTER)
    terminal.see("created")
    terminal.see("convex-scaffold new dinner --template ../pizza --ref v1.0.0 --data flavour=plain")

    assert terminal.end() == 0
    assert tree.names(here) == ["dinner", "taken"]
    assert tree.read(here / "dinner")["README.md"] == "# dinner\n\nplain 3 cheese+onion\n"


def test_cancelling_at_the_end_creates_nothing(here: Path, terminal: Terminal) -> None:
    terminal.see("Name of the project")
    terminal.type("lunch", ENTER)
    terminal.see("Which flavour")
    terminal.type(ENTER)
    terminal.see("Toppings")
    terminal.type(ENTER)
    terminal.see("Ready?")
    terminal.type("\x1b[A", ENTER)  # up from the first entry: the last, cancel
    terminal.see("Nothing was created.")

    assert terminal.end() == 130
    assert tree.names(here) == ["taken"]


def test_ctrl_c_creates_nothing(here: Path, terminal: Terminal) -> None:
    terminal.see("Name of the project")
    terminal.type("lunch", ENTER)
    terminal.see("Which flavour")
    terminal.type(CTRL_C)
    terminal.see("interrupted")

    assert terminal.end() == 130
    assert tree.names(here) == ["taken"]


def test_in_ci_nothing_is_asked(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    terminal = Terminal(here, "new", "lunch", "--no-verify", "--template", "../pizza")
    terminal.see("not answered, and there is no terminal to ask on: flavour, toppings")

    assert terminal.end() == 2
