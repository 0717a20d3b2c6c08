"""`convex-scaffold inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode
from scaffold.core.text import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.project import Workspace


@click.command(
    epilog="""\b
Examples:
  convex-scaffold inspect                               what there is, and what touches what
  convex-scaffold inspect --graph -o graph.html         the same as a page to click through
  convex-scaffold inspect --mermaid                     the graph as text, for a Markdown page
  convex-scaffold inspect --json | jq '.projects[].functions[].identifier'
  convex-scaffold inspect --unknown                     what could not be told, and why
  convex-scaffold inspect --format function-spec        as npx convex function-spec, without a deployment
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=".")
@click.option("--json", "as_json", is_flag=True, help="Print the whole model as JSON.")
@click.option("--graph", is_flag=True, help="Print one HTML page with the graph.")
@click.option("--mermaid", is_flag=True, help="Print the graph as Mermaid text.")
@click.option("--unknown", is_flag=True, help="List what could not be told from the code, and why.")
@click.option(
    "--format", "shape", type=click.Choice(["function-spec"]), help="Print the functions in this shape."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=console.output_file,
    help="Write to a file instead of to stdout.",
)
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    path: Path,
    as_json: bool,
    graph: bool,
    mermaid: bool,
    unknown: bool,
    shape: str | None,
    output: Path | None,
) -> int:
    """Print what a Convex project is made of: the model that the rules of `check` judge."""
    views = {"json": as_json, "graph": graph, "mermaid": mermaid, "unknown": unknown, str(shape): bool(shape)}
    chosen = [name for name, wanted in views.items() if wanted]
    if len(chosen) > 1:
        flags = [f"--format {name}" if name == shape else f"--{name}" for name in chosen]
        raise click.UsageError(f"choose one view: {' or '.join(flags)}")
    workspace = _workspace(path)
    text = _VIEWS[chosen[0]](workspace) if chosen else _summary(workspace, to_file=output is not None)
    if output is None:
        console.out(text.rstrip("\n"))
        return ExitCode.OK
    from scaffold.core import files  # noqa: PLC0415 - only here

    files.write_output(output, f"{text.rstrip()}\n")
    console.note(f"written  {output}")
    return ExitCode.OK


def _workspace(path: Path) -> Workspace:
    from scaffold.check import asked, workspace  # noqa: PLC0415 - start-up

    start = path.resolve() if path.is_dir() else path.resolve().parent
    loaded = asked.around(workspace.whole(start), start)
    asked.demand_project(loaded, start)
    return loaded


def _summary(workspace: Workspace, *, to_file: bool) -> str:
    from scaffold.inspection import summary  # noqa: PLC0415 - start-up
    from scaffold.reporters.style import Style  # noqa: PLC0415

    if to_file:
        return summary.summary(workspace, console.width_of_file(), Style(colour=False, unicode=True))
    return summary.summary(workspace, console.width(), console.style())


def _json(workspace: Workspace) -> str:
    from scaffold.inspection import document  # noqa: PLC0415 - start-up

    return as_json(document.document(workspace))


def _graph(workspace: Workspace) -> str:
    from scaffold.inspection import graph  # noqa: PLC0415 - start-up

    return graph.html(workspace)


def _mermaid(workspace: Workspace) -> str:
    from scaffold.inspection import mermaid  # noqa: PLC0415 - start-up

    return mermaid.mermaid(workspace.projects)


def _unknown(workspace: Workspace) -> str:
    from scaffold.model.unknowns import unknowns  # noqa: PLC0415 - start-up

    found = [
        *workspace.blind,
        *(blind for project in workspace.projects for blind in (*project.blind, *unknowns(project))),
    ]
    lines = [f"{blind.place}: {blind.kind}: {blind.reason}" for blind in sorted(found, key=lambda b: b.place)]
    return "\n".join(lines) if lines else "everything could be told"


def _function_spec(workspace: Workspace) -> str:
    from scaffold.inspection.function_spec import function_spec  # noqa: PLC0415 - start-up

    projects = [project for project in workspace.projects if not project.component] or workspace.projects
    if len(projects) != 1:
        folders = ", ".join(project.folder or "." for project in projects)
        raise click.UsageError(f"a function-spec is of one project; name its folder: {folders}")
    return as_json(function_spec(projects[0]))


_VIEWS: dict[str, Callable[[Workspace], str]] = {
    "json": _json,
    "graph": _graph,
    "mermaid": _mermaid,
    "unknown": _unknown,
    "function-spec": _function_spec,
}
