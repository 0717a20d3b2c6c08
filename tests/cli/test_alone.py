"""Commands that write to one project at the same time: each sees what the other has done, or waits."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import cli, tree

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "package.json": '{ "name": "x", "dependencies": { "convex": "1.48.0" } }\n',
    "convex/schema.ts": 'import { defineSchema } from "convex/server";\nexport default defineSchema({});\n',
    "convex/a.ts": """\
import { internalMutation } from "./_generated/server";
export const a = internalMutation({ args: {}, handler: async (ctx) => {
  ctx.scheduler.runAfter(0, b, {});
} });
""",
}


@pytest.fixture
def project(folder: Path) -> Path:
    return tree.write(folder, FILES)


@pytest.mark.parametrize(
    ("command", "planner", "held"),
    [
        ("add query a/list", "scaffold.lifecycle.adding.plan.plan", True),
        ("stubs", "scaffold.lifecycle.stubs.plan.plan", True),
        ("stubs --check", "scaffold.lifecycle.stubs.plan.plan", False),
        ("codegen", "scaffold.lifecycle.codegen.plan", True),
        ("codegen --check", "scaffold.lifecycle.codegen.plan", False),
        ("fix", "scaffold.check.fixing.plan", True),
        ("fix --diff", "scaffold.check.fixing.plan", False),
    ],
)
def test_what_is_worked_out_stays_true_until_it_is_written(
    command: str, planner: str, project: Path, monkeypatch: pytest.MonkeyPatch, *, held: bool
) -> None:
    """From the first look on no other run writes; who only looks is in nobody's way."""
    looked = []

    def look(*_: object, **__: object) -> None:
        descriptor = os.open(project, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            looked.append(True)
        else:
            looked.append(False)
        finally:
            os.close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(planner, look)

    assert cli.run(*command.split()).code == 130
    assert looked == [held]


@pytest.mark.parametrize("command", ["codegen", "fix", "check --write-baseline"])
def test_another_run_is_waited_for(command: str, project: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from scaffold.core import transaction\n"
        "with transaction.locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", holder, str(project)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        before = tree.read(project)
        program = [sys.executable, "-m", "scaffold", *command.split()]
        waiting = subprocess.Popen(program, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        assert tree.read(project) == before
        other.stdin.close()
    assert waiting.wait() == 0
    assert tree.read(project) != before


def test_a_run_that_does_not_end_is_told_of(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.core.locks._WAIT", 0.1)
    descriptor = os.open(project, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert cli.run("codegen") == cli.Result(
            2,
            "",
            "error: another convex-scaffold is writing in @CWD@; nothing was changed\n"
            "try: wait until it has ended, and run it again\n",
        )
    finally:
        os.close(descriptor)
