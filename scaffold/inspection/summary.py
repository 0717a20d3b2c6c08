"""The model for a terminal: what there is, and what touches what."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from scaffold.core.text import count
from scaffold.model import steps as s
from scaffold.model.unknowns import unknowns
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.function import Function
    from scaffold.model.project import Project, Workspace
    from scaffold.model.schema import Index, Table
    from scaffold.reporters.style import Style

    Row = tuple[str, str, str]  # what it is about, what fades, what is told of it

_ROOM = 60  # columns; where less are left beside a name, what is told of it stands below
_NARROWEST = 20  # columns of what is told, however narrow the terminal is
_INDENT = 6
_FIXED = "\0"  # a space where no line ends


def summary(workspace: Workspace, width: int, style: Style) -> str:
    """The text, in lines of `width` columns as far as names are not longer."""
    return "\n\n".join(_project(project, width, style) for project in workspace.projects) + "\n"


def _project(project: Project, width: int, style: Style) -> str:
    lines = [style.paint(project.folder or ".", "strong"), f"  {style.paint(_counts(project, style), 'dim')}"]
    sections = {
        "functions": _functions(project),
        "tables": _tables(project),
        "crons": _crons(project),
        "routes": _routes(project),
    }
    for title, rows in sections.items():
        if rows:
            lines += ["", style.paint(title, "strong"), *_table(rows, width, style)]
    missed = Counter(blind.kind for blind in (*project.blind, *unknowns(project)))
    if missed:
        told = ", ".join(f"{kind} {number}" for kind, number in missed.most_common())
        lines += ["", style.paint(f"not known: {told}; list them with --unknown", "dim")]
    return "\n".join(lines)


def _counts(project: Project, style: Style) -> str:
    public = sum(1 for function in project.functions if function.public)
    parts = [
        f"convex {project.version}" if project.version else "convex not installed",
        f"{count(len(project.functions), 'function')} ({public} public)",
        count(len(project.tables), "table"),
        count(len(project.wiring.running_crons), "cron"),
        count(len(project.wiring.running_routes), "route"),
    ]
    return f" {style.sign('·')} ".join([*(["component"] if project.component else []), *parts])


def _table(rows: Iterable[Row], width: int, style: Style) -> Iterator[str]:
    """Rows with their columns in line; what does not fit goes on below, at the same column or indented."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    start = 2 + sum(each + 2 for each in widths[:2] if each)
    below = width - start < _ROOM and widths[2] > width - start
    indent = _INDENT if below else start
    for name, faded, told in rows:
        head = f"  {name:<{widths[0]}}"
        if widths[1]:
            head += f"  {style.paint(f'{faded:<{widths[1]}}', 'dim')}"
        text = _wrapped(told, width - indent)
        if below or not text:
            yield head.rstrip()
        else:
            yield f"{head}  {text.pop(0)}"
        yield from (" " * indent + line for line in text)


def _wrapped(told: str, width: int) -> list[str]:
    """Lines that end between what is told, not within."""
    lines = textwrap.wrap(told, max(width, _NARROWEST), break_long_words=False, break_on_hyphens=False)
    return [line.replace(_FIXED, " ") for line in lines]


def _functions(project: Project) -> list[Row]:
    return [
        (
            function.identifier,
            f"{function.kind:<10} {'public' if function.public else 'internal'}",
            _does(function),
        )
        for function in sorted(project.functions, key=lambda function: function.identifier)
    ]


def _does(function: Function) -> str:
    """What it touches, in the order of first touch: `reads orders.by_owner, users by id; patches orders`."""
    told: dict[str, dict[str, None]] = {}
    for reached in function.reached:
        verb, what = _touch(reached.step)
        if verb:
            told.setdefault(verb, {}).setdefault(what)
    return "; ".join(f"{verb}{_FIXED}{', '.join(what)}".rstrip(_FIXED) for verb, what in told.items())


def _touch(step: s.Step) -> tuple[str, str]:
    match step:
        case s.Read(table=str() as table, index=index):
            return "reads", f"{table}.{index}" if isinstance(index, str) else table
        case s.Get(table=str() as table):
            return "reads", f"{table}{_FIXED}by{_FIXED}id"
        case s.Write(table=str() as table, operation=operation):
            return "patches" if operation == "patch" else f"{operation}s", table
        case s.Run(target=target):
            return "runs", _address(target)
        case s.Schedule(target=target):
            return "schedules", _address(target)
        case s.External(package=package, path=path):
            return "calls", package or path[0]
        case s.Auth():
            return "asks who calls", ""
    return "", ""


def _address(target: object) -> str:
    path = getattr(target, "path", ())
    return f"{'/'.join(path[:-1])}:{path[-1]}" if path else "?"


def _tables(project: Project) -> list[Row]:
    return [(name, "", _indexes(table) or "no index") for name, table in sorted(project.tables.items())]


def _indexes(table: Table) -> str:
    return ", ".join(map(_index, table.indexes))


def _index(index: Index) -> str:
    name = "?" if isinstance(index.name, Unknown) else index.name
    fields = f",{_FIXED}".join(index.fields or ("?",))
    return f"{name}({fields})"


def _crons(project: Project) -> list[Row]:
    return [
        (
            "?" if isinstance(cron.name, Unknown) else cron.name,
            f"every {cron.seconds:g} s" if cron.seconds else cron.method,
            _address(cron.target),
        )
        for cron in project.wiring.running_crons
    ]


def _routes(project: Project) -> list[Row]:
    return [
        (
            f"{'?' if isinstance(route.method, Unknown) else route.method} "
            f"{'?' if isinstance(route.path, Unknown) else route.path}{'*' if route.prefix else ''}",
            "",
            route.handler.identifier if route.handler else "?",
        )
        for route in project.wiring.running_routes
    ]
