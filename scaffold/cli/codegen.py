"""`convex-scaffold codegen`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from scaffold.cli import console, plans
from scaffold.core.errors import ExitCode


@click.command(
    epilog="""\b
Examples:
  convex-scaffold codegen            after adding or renaming a module
  convex-scaffold codegen --check    in CI: fail when the generated code is behind
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and name the files that differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(path: Path, *, check: bool, as_json: bool) -> int:
    """Write convex/_generated of the project at PATH, as `convex dev` would, without a deployment.

    Convex writes these files when it deploys. This command writes the same bytes from the source alone:
    no Node.js, no account, no network. Local components and `codegen.staticApi` need a deployment's
    analysis, and are refused.
    """
    from scaffold.lifecycle import codegen  # noqa: PLC0415
    from scaffold.model import layout  # noqa: PLC0415

    found = layout.find(path.resolve())
    with nullcontext() if check else plans.alone(found.root):
        todo = codegen.plan(found)
        if warning := codegen.version_note(found):
            console.warning(warning)
        if not check:
            codegen.apply(todo)
    folder = found.show(todo.folder)
    if as_json:
        console.data(
            {
                "schemaVersion": 1,
                "folder": folder,
                "current": todo.is_current,
                "written" if not check else "differs": list(todo.changed),
                "removed" if not check else "stale": list(todo.stale),
            }
        )
    else:
        _print(folder, todo.changed, todo.stale, check=check)
    return ExitCode.FINDINGS if check and not todo.is_current else ExitCode.OK


def _print(folder: str, changed: tuple[str, ...], stale: tuple[str, ...], *, check: bool) -> None:
    for name in changed:
        console.out(f"{'differs' if check else 'wrote'}  {folder}/{name}")
    for name in stale:
        console.out(f"{'stale' if check else 'removed'}  {folder}/{name}")
    if not changed and not stale:
        console.out(f"{folder} is up to date")
    elif check:
        console.note("write them: convex-scaffold codegen")
