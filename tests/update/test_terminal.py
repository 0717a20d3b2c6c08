"""`update` on a real terminal: what it asks, and the project's checks afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import cli, tree, updates
from support.terminal import DOWN, ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.updates import Scene


def manifest(script: str) -> str:
    return json.dumps({"name": "lunch", "version": "1.0.0", "scripts": {"test": script}}, indent=2) + "\n"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = updates.scene(tmp_path, {"package.json": manifest("exit 0"), "a.txt": "a\n"}, {})
    colour = "colour: {type: str, help: Which colour, choices: {Red: red, Blue: blue}, default: red}\n"
    tree.write(made.template, {"copier.yml": updates.COPIER_YML + colour, "template/a.txt": "@{ colour }@\n"})
    updates.release(made.template, "v3.0.0")
    return made


@pytest.fixture
def terminal(scene: Scene) -> Iterator[Terminal]:
    running = Terminal(scene.project, "update")
    yield running
    running.kill()


def test_asks_what_is_new_shows_the_plan_and_waits(scene: Scene, terminal: Terminal) -> None:
    terminal.see("Which colour")
    terminal.type(DOWN, ENTER)
    terminal.see("a.txt")
    terminal.see("Apply it?")
    terminal.type("y")
    terminal.see("Run the project's checks?")
    terminal.type("n")
    terminal.see("everything is staged")

    assert terminal.end() == 0
    assert scene.read()["a.txt"] == "blue\n"


def test_saying_no_changes_nothing(scene: Scene, terminal: Terminal) -> None:
    terminal.see("Which colour")
    terminal.type(ENTER)
    terminal.see("Apply it?")
    terminal.type("n")
    terminal.see("Nothing was changed.")

    assert terminal.end() == 130
    assert scene.read()["a.txt"] == "a\n"
    assert scene.status() == ""


@pytest.mark.slow
def test_the_projects_checks_run_afterwards(scene: Scene) -> None:
    assert scene.update("--verify", "--json").code == 0
    tree.git(scene.project, "commit", "--quiet", "--all", "--message", "up")
    tree.write(scene.template, {"template/package.json": manifest("echo broken; exit 1")})
    updates.release(scene.template, "v4.0.0")

    result = scene.update("--verify")

    assert result.code == 5
    assert "the update is in place, but the check 'tests' failed: npm run test" in result.err
    assert "  │ broken\n" in result.err
    assert scene.version == "v4.0.0"
    assert cli.run("update", scene.project, "--abort").code == 0
    assert scene.version == "v3.0.0"
