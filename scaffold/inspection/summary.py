"""The model for a terminal: what there is, and what touches what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.core.text import count
from scaffold.model import steps as s
from scaffold.model.unknowns import unknowns
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.model.function import Function
    from scaffold.model.project import Project, Workspace
    from scaffold.model.schema import Table

    Style = Callable[[str], str]


def summary(workspace: Workspace, *, strong: Style = str, dim: Style = str) -> str:
    """The text. `strong` and `dim` style what stands out and what may fade."""
    parts = [_project(project, strong, dim) for project in workspace.projects]
    return "\n\n".join(parts) + "\n"


def _project(project: Project, strong: Style, dim: Style) -> str:
    lines = [strong(project.folder or "."), f"  {dim(_counts(project))}"]
    sections = (
        ("functions", list(_functions(project, dim))),
        ("tables", list(_tables(project, dim))),
        ("crons", list(_crons(project, dim))),
        ("routes", list(_routes(project, dim))),
    )
    for title, rows in sections:
        if rows:
            lines += ["", strong(title), *rows]
    missed = Counter(blind.kind for blind in (*project.blind, *unknowns(project)))
    if missed:
        told = ", ".join(f"{kind} {number}" for kind, number in missed.most_common())
        lines += ["", dim(f"not known: {told}; list them with --unknown")]
    return "\n".join(lines)


def _counts(project: Project) -> str:
    public = sum(1 for function in project.functions if function.public)
    parts = [
        f"convex {project.version}" if project.version else "convex not installed",
        f"{count(len(project.functions), 'function')} ({public} public)",
        count(len(project.tables), "table"),
        count(len(project.crons), "cron"),
        count(len(project.routes), "route"),
    ]
    return " · ".join([*(["component"] if project.component else []), *parts])


def _functions(project: Project, dim: Style) -> Iterator[str]:
    functions = sorted(project.functions, key=lambda function: function.identifier)
    width = max((len(function.identifier) for function in functions), default=0)
    for function in functions:
        visibility = "public" if function.public else "internal"
        kind = f"{function.kind:<10} {visibility:<8}"
        yield f"  {function.identifier:<{width}}  {dim(kind)}  {_does(function)}".rstrip()


def _does(function: Function) -> str:
    """What it touches, in the order of first touch."""
    told: dict[str, None] = {}
    for reached in function.reached:
        text = _touch(reached.step)
        if text:
            told.setdefault(text)
    return ", ".join(told)


def _touch(step: s.Step) -> str:
    match step:
        case s.Read(table=str() as table, index=index):
            return f"reads {table}.{index}" if isinstance(index, str) else f"reads {table}"
        case s.Get(table=str() as table):
            return f"reads {table} by id"
        case s.Write(table=str() as table, operation=operation):
            return f"{operation}s {table}".replace("patchs", "patches")
        case s.Run(target=target):
            return f"runs {_address(target)}"
        case s.Schedule(target=target):
            return f"schedules {_address(target)}"
        case s.External(package=package, path=path):
            return f"calls {package or path[0]}"
        case s.Auth():
            return "asks who calls"
    return ""


def _address(target: object) -> str:
    path = getattr(target, "path", ())
    return f"{'/'.join(path[:-1])}:{path[-1]}" if path else "?"


def _tables(project: Project, dim: Style) -> Iterator[str]:
    width = max((len(name) for name in project.tables), default=0)
    for name, table in sorted(project.tables.items()):
        yield f"  {name:<{width}}  {_indexes(table) or dim('no index')}"


def _indexes(table: Table) -> str:
    return ", ".join(
        f"{'?' if isinstance(index.name, Unknown) else index.name}({', '.join(index.fields or ('?',))})"
        for index in table.indexes
    )


def _crons(project: Project, dim: Style) -> Iterator[str]:
    for cron in project.crons:
        name = "?" if isinstance(cron.name, Unknown) else cron.name
        every = f"every {cron.seconds:g} s" if cron.seconds else cron.method
        yield f"  {name}  {dim(every)}  {_address(cron.target)}"


def _routes(project: Project, dim: Style) -> Iterator[str]:
    for route in project.routes:
        method = "?" if isinstance(route.method, Unknown) else route.method
        path = "?" if isinstance(route.path, Unknown) else route.path
        handler = route.handler.identifier if route.handler else "?"
        yield f"  {method} {path}{'*' if route.prefix else ''}  {dim(handler)}"
