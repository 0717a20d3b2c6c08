"""`convex-scaffold stubs`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console, plans
from scaffold.core.errors import ExitCode
from scaffold.core.text import count

if TYPE_CHECKING:
    from scaffold.lifecycle.stubs.plan import StubsPlan
    from scaffold.model.project import Project


@click.command(
    epilog="""\b
Examples:
  convex-scaffold stubs                    write what is missing, bring up to date what nobody edited
  convex-scaffold stubs --preview --diff   show it first
  convex-scaffold stubs --check            in CI: fail when a function has no tests, or old ones
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and name what is missing or behind.")
@click.option("--preview", is_flag=True, help="Show the changes; write nothing.")
@click.option("--diff", is_flag=True, help="Show the changes line by line.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(path: Path, *, check: bool, preview: bool, diff: bool, as_json: bool) -> int:
    """Write Python tests of every public function of the project at PATH, into tests/python.

    And `api.py` beside them: the functions with the types of their validators, to write more tests with.

    Each test asserts something from its first run, on the embedded backend: who is refused, which
    arguments are, that no valid call breaks the function, that a repeated call changes nothing, that
    watchers are told. One more waits for you: what the function is for.

    A test that you edit is yours, and never touched again. The others follow their function.
    """
    from scaffold.lifecycle import changes  # noqa: PLC0415 - start-up
    from scaffold.lifecycle.stubs import plan  # noqa: PLC0415
    from scaffold.model import layout  # noqa: PLC0415

    found = layout.find(path.resolve())
    writes = not (check or preview)
    with plans.alone(found.root) if writes else nullcontext():
        todo = plan.plan(found.root, _project(found.root, found.functions))
        if writes:
            changes.apply(found.root, todo.changes, removed=todo.emptied)
    if as_json:
        console.data(_as_json(todo, written=writes))
    else:
        _print(todo, check=check, writes=writes, diff=diff)
    return ExitCode.FINDINGS if check and not todo.is_current else ExitCode.OK


def _project(root: Path, functions: Path) -> Project:
    """The model of one project, with the hints of its configuration."""
    from scaffold.check import workspace  # noqa: PLC0415 - start-up
    from scaffold.core.errors import NotAProjectError  # noqa: PLC0415

    folder = functions.relative_to(root).as_posix()
    for project in workspace.configured(root).projects:
        if project.folder == folder:
            return project
    raise NotAProjectError(root, f"there are no functions in {folder}")


def _print(todo: StubsPlan, *, check: bool, writes: bool, diff: bool) -> None:
    from scaffold.lifecycle.stubs.api_file import PATH  # noqa: PLC0415 - start-up

    if check:
        told = {"missing": todo.missing, "behind": todo.behind, "removed": todo.removed}
        for what, tests in told.items():
            for test in tests:
                console.out(f"{what:<7}  {test}")
        tests_differ = any(told.values())
        for change in todo.changes:
            if change.path == PATH or not tests_differ:
                console.out(f"{'missing' if change.before is None else 'behind':<7}  {change.path}")
    else:
        for change in todo.changes:
            console.out(change.diff() if diff else f"{change.kind:<7}  {change.path}")
        for gone in (*todo.emptied, *todo.removed):
            console.out(f"removed  {gone}")
    for test in todo.stale:
        console.out(f"stale    {test}")
    console.note(_summary(todo, check=check, writes=writes))


def _summary(todo: StubsPlan, *, check: bool, writes: bool) -> str:
    functions = count(todo.functions, "public function")
    parts = [
        f"{len(tests)} {what}"
        for what, tests in (
            ("new", todo.missing),
            ("brought up to date" if writes else "behind", todo.behind),
            ("removed" if writes else "of removed functions", todo.removed),
            ("edited by you and kept", todo.edited),
            ("left out by you", todo.left_out),
            ("of removed functions edited by you: yours to remove", todo.stale),
        )
        if tests
    ]
    told = f"{functions}; {', '.join(parts)}" if parts else f"{functions}; every test is up to date"
    if check:
        return f"{told}\nwrite them: convex-scaffold stubs" if todo.changes or todo.emptied else told
    if not writes:
        return f"{told}; nothing was written"
    return f"{told}\nrun them: pytest tests/python" if todo.changes else told


def _as_json(todo: StubsPlan, *, written: bool) -> dict[str, object]:
    return {
        "schemaVersion": 1,
        "written": written,
        "current": todo.is_current,
        "functions": todo.functions,
        "missing": list(todo.missing),
        "behind": list(todo.behind),
        "edited": list(todo.edited),
        "leftOut": list(todo.left_out),
        "removed": list(todo.removed),
        "stale": list(todo.stale),
        "files": [
            *({"path": change.path, "change": change.kind, "diff": change.diff()} for change in todo.changes),
            *({"path": path, "change": "removed", "diff": ""} for path in todo.emptied),
        ],
    }
