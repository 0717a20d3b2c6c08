"""Generated tests run as in a project: green on code that keeps its word, red where it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import cli
from support.backends import copy_project

pytestmark = pytest.mark.slow
_PROJECT = Path(__file__).parent / "notes"

# What is broken, by the file and the text in it.
_BROKEN = {
    # anyone gets the first person's notes
    "notes.ts": [
        (
            "    const person = await requirePerson(ctx);\n    const notes",
            '    const person = (await ctx.db.query("people").first())!;\n    const notes',
        ),
        (
            "    const person = await requirePerson(ctx);\n    if (!Object",
            '    const person = (await ctx.db.query("people").first())!;\n    if (!Object',
        ),
        (
            'note.ownerId !== person._id) throw new ConvexError({ code: "NOT_FOUND" });\n    return',
            'false) throw new ConvexError({ code: "NOT_FOUND" });\n    return',
        ),
        ("`${note.text} (signed)`", "note.text"),
        ("    if (known !== null) return known._id;\n", ""),
        ('    if (person.role !== "editor") throw new ConvexError({ code: "FORBIDDEN" });\n', ""),
        ("    await ctx.db.delete(noteId);\n    return null;", "    return noteId as unknown as null;"),
        ("  returns: v.number(),\n", ""),
    ],
    "drafts.ts": [
        ("      .collect();", "      .collect()\n      .then(() => []);"),
        ('  args: { id: v.id("drafts"), by: v.int64() },\n', ""),
        (
            "async (_ctx, { number, whole, record, bytes }) => ({",
            "async (_ctx, { number, whole, record, bytes }) => ({ surplus: 1,",
        ),
    ],
}


@pytest.fixture
def project(tmp_path: Path, template_modules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = copy_project(_PROJECT, tmp_path / "notes", template_modules)
    monkeypatch.chdir(made)
    assert cli.run("stubs").code == 0
    return made


def test_they_are_green_on_code_that_keeps_its_word(project: Path) -> None:
    outcomes = _pytest(project)

    assert {name for name, outcome in outcomes.items() if outcome == "SKIPPED"} == {
        f"test_{name}_behaves"
        for name in ("own", "grow", "echo", "add", "mine", "read", "sign", "remove", "clear")
    }
    assert "FAILED" not in outcomes.values()
    assert "ERROR" not in outcomes.values()
    assert outcomes["test_add_is_idempotent"] == "PASSED"
    assert outcomes["test_read_tells_its_watchers"] == "PASSED"
    assert outcomes["test_clear_refuses_other_roles"] == "PASSED"


def test_each_kind_is_red_where_its_promise_is_broken(project: Path) -> None:
    for name, edits in _BROKEN.items():
        file = project / "convex" / name
        text = file.read_text()
        for before, after in edits:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        file.write_text(text)

    outcomes = _pytest(project)

    assert {name for name, outcome in outcomes.items() if outcome == "FAILED"} == {
        "test_add_refuses_anonymous",
        "test_mine_refuses_anonymous",
        "test_read_refuses_another_user",
        "test_read_tells_its_watchers",
        "test_add_is_idempotent",
        "test_clear_refuses_other_roles",
        "test_clear_answers_any_call",
        "test_remove_answers_any_call",
        "test_own_tells_its_watchers",
        "test_grow_rejects_wrong_arguments",
        "test_grow_answers_any_call",
        "test_echo_answers_any_call",
    }


def test_they_pass_mypy(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "."],
        cwd=project / "tests" / "python",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _pytest(project: Path) -> dict[str, str]:
    """The outcome of each test by its name."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CONVEX_", "PYTEST_"))}
    alone = ["-p", "no:cacheprovider", "-p", "no:xdist", "--strict-markers"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *alone, "--rootdir", project, "tests/python"],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**kept, "CI": "1", "COLUMNS": "300"},
    )
    found = re.findall(
        r"::(\w+) (PASSED|FAILED|ERROR|SKIPPED)", done.stdout.partition("short test summary")[0]
    )
    assert found, done.stdout + done.stderr
    return dict(found)
