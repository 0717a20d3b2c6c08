"""How the plan of an update reads, for people and for programs."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from scaffold.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scaffold.lifecycle.update.migrate import Ran
    from scaffold.lifecycle.update.plan import Change, Plan
    from scaffold.templates.notes import Note

_COLOURS = {
    "added": "green",
    "changed": "blue",
    "merged": "cyan",
    "conflict": "red",
    "removed": "yellow",
    "renamed": "blue",
    "kept": "white",
}


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Work on a project while nobody else does; undo what a run that was killed had begun, and say so."""
    from scaffold.lifecycle import changes  # noqa: PLC0415 - start-up

    with changes.alone(root) as undone:
        say_undone(undone)
        yield


def say_undone(paths: Sequence[str]) -> None:
    """Say what of an interrupted run was undone, if anything was."""
    if paths:
        console.warning(f"an earlier run was interrupted; undone: {', '.join(paths)}")


def show(plan: Plan) -> None:
    """Print the plan: what changes and why, then file by file."""
    console.out(f"{console.strong(plan.template)}  {plan.old} → {plan.new}")
    show_notes(plan.notes)
    if plan.changes:
        console.out()
    for change in plan.changes:
        console.out(_line(change))
    for ran in plan.migrations:
        _show_migration(ran)
    console.out()
    console.out(summary(plan))
    for remark in plan.remarks:
        console.warning(remark)


def show_notes(notes: tuple[Note, ...]) -> None:
    """Print what the versions change, oldest first; nothing where nobody wrote anything down."""
    for note in notes if any(note.text for note in notes) else ():
        console.out()
        console.out(console.strong(note.version))
        for line in (note.text or "(its changelog says nothing)").splitlines():
            console.out(f"  {line}".rstrip())


def summary(plan: Plan) -> str:
    """`2 added, 1 merged`, in the order of the kinds."""
    numbers: Counter[str] = Counter(change.kind for change in plan.changes)
    parts = [f"{numbers[kind]} {kind}" for kind in _COLOURS if kind in numbers]
    return ", ".join(parts) or "no file changes"


def _line(change: Change) -> str:
    kind = click.style(f"{change.kind:<9}", fg=_COLOURS[change.kind])
    name = f"{change.before} → {change.path}" if change.before else change.path
    note = console.dim(f"  ({change.note})") if change.note else ""
    return f"  {kind} {name}{note}"


def _show_migration(ran: Ran) -> None:
    console.out()
    migration = ran.migration
    console.out(f"  migration {console.strong(migration.name)} ({ran.outcome}): it {migration.summary}")
    for place in ran.unresolved:
        console.out(f"    {place}")


def as_json(plan: Plan) -> dict[str, object]:
    """The plan as `--json` prints it, without what became of it."""
    return {
        "schemaVersion": 1,
        "template": plan.template,
        "from": plan.old,
        "to": plan.new,
        "notes": notes_as_json(plan.notes),
        "files": [_file(change) for change in plan.changes],
        "migrations": [
            {
                "version": ran.migration.version,
                "name": ran.migration.name,
                "outcome": ran.outcome,
                "files": list(ran.files),
                "unresolved": [str(place) for place in ran.unresolved],
            }
            for ran in plan.migrations
        ],
        "remarks": list(plan.remarks),
    }


def notes_as_json(notes: tuple[Note, ...]) -> list[dict[str, str]]:
    """Change notes as `--json` prints them."""
    return [{"version": note.version, "text": note.text} for note in notes]


def _file(change: Change) -> dict[str, str]:
    entry = {"path": change.path, "change": change.kind}
    if change.before:
        entry["from"] = change.before
    if change.note:
        entry["note"] = change.note
    return entry
