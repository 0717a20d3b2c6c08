"""`convex-scaffold status`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode
from scaffold.core.text import count

if TYPE_CHECKING:
    from scaffold.lifecycle.status import FileState, Status

_COLOURS = {"drifted": "red", "missing": "yellow", "deviates": "magenta", "edited": "cyan"}
_ORDER = ("intact", "edited", "drifted", "missing", "deviates", "unadopted", "seeded", "generated")


@click.command(
    epilog="""\b
Examples:
  convex-scaffold status                  exit 1 when behind the template, or drifted from it
  convex-scaffold status --allow-behind   in CI: only drift counts
  convex-scaffold status --json | jq -r '.behind[].version'
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--all", "show_all", is_flag=True, help="List every file, not only those that differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--allow-behind", is_flag=True, help="Do not exit 1 for being behind.")
@click.option("--allow-drift", is_flag=True, help="Do not exit 1 for drift.")
@click.option(
    "--answers-file", default=".copier-answers.yml", show_default=True, help="Which template's answers."
)
@click.option("--trust", is_flag=True, help="Let another template run its own tasks and extensions.")
def command(path: Path, answers_file: str, **options: bool) -> int:
    """Say how far the project at PATH and its template are apart: in versions, and file by file.

    Drifted are files that the template owns and somebody changed or removed; edited are those that both sides
    may change. Deviations made on purpose stand in scaffold.toml, each with a reason, and do not count.
    """
    from scaffold.lifecycle import status  # noqa: PLC0415

    found = status.read(path, answers_file, trust=options["trust"])
    if options["as_json"]:
        console.data(_as_json(found))
    else:
        _print(found, show_all=options["show_all"])
    counts = (found.behind and not options["allow_behind"]) or (found.drift and not options["allow_drift"])
    return ExitCode.FINDINGS if counts else ExitCode.OK


def _print(found: Status, *, show_all: bool) -> None:
    behind = f"{count(len(found.behind), 'version')} behind {found.newest}" if found.behind else "the newest"
    console.out(f"{console.strong(found.template)}  {found.version}, {behind}")
    from scaffold.cli import plans  # noqa: PLC0415

    plans.show_notes(found.behind)
    for version, reason in found.skipped.items():
        console.out(f"  passed over {version}  {console.dim(f'({reason})')}")
    listed = [file for file in found.files if show_all or file.state in _COLOURS]
    if listed:
        console.out()
    for file in listed:
        console.out(_line(file))
    if found.files:
        numbers: Counter[str] = Counter(file.state for file in found.files)
        console.out()
        console.out(", ".join(f"{numbers[state]} {state}" for state in _ORDER if state in numbers))
    for place in found.to_do:
        console.out(f"to do     {place}")
    for remark in found.remarks:
        console.warning(remark)
    _print_next(found)


def _line(file: FileState) -> str:
    state = click.style(f"{file.state:<9}", fg=_COLOURS.get(file.state, "white"))
    owner = "the template's" if file.is_drift and file.state == "missing" else ""
    note = file.reason or owner
    return f"  {state} {file.path}{console.dim(f'  ({note})') if note else ''}"


def _print_next(found: Status) -> None:
    if found.behind:
        console.out("update    convex-scaffold update --preview")
    if any(file.state == "unadopted" for file in found.files):
        console.out("adopt     convex-scaffold adopt --only GROUP takes more; --preview shows what")
    if found.drift:
        same = f" --to {found.version}" if found.behind else ""
        console.out(f"drift     convex-scaffold update --restore{same}, or record a reason in scaffold.toml")


def _as_json(found: Status) -> dict[str, object]:
    from scaffold.cli import plans  # noqa: PLC0415

    return {
        "schemaVersion": 1,
        "template": found.template,
        "version": found.version,
        "newest": found.newest,
        "behind": plans.notes_as_json(found.behind),
        "skipped": [{"version": name, "reason": reason} for name, reason in found.skipped.items()],
        "files": [
            {"path": file.path, "class": file.kind, "state": file.state}
            | ({"reason": file.reason} if file.reason else {})
            for file in found.files
        ],
        "drifted": [file.path for file in found.drift],
        "toDo": list(found.to_do),
        "remarks": list(found.remarks),
    }
