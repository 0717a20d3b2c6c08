"""Who calls, schedules, reads and writes what: the edges of a project's graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.model import steps as s
from scaffold.model.values import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Function
    from scaffold.model.project import Project
    from scaffold.model.steps import Target
    from scaffold.model.wiring import Mention


@dataclass(frozen=True, order=True, slots=True)
class End:
    """One end of a relation. `kind` is client, route, cron, function, table, component or service."""

    kind: str
    name: str


@dataclass(frozen=True, order=True, slots=True)
class Relation:
    """A relation. `verb` is calls, schedules, serves, runs, reads or writes."""

    source: End
    verb: str
    target: End


def relations(project: Project) -> list[Relation]:
    """All relations of a project, sorted, each once."""
    return sorted(set(_all(project)))


def _all(project: Project) -> Iterator[Relation]:
    for function in (*project.functions, *project.unexported):
        source = end_of(function)
        for reached in function.reached:
            yield from _of_step(project, source, reached.step)
    for cron in project.wiring.running_crons:
        name = cron.name if isinstance(cron.name, str) else cron.method
        target = _target(project, cron.target)
        if target is not None:
            yield Relation(End("cron", name), "runs", target)
    for route in project.wiring.running_routes:
        if route.handler is not None:
            yield Relation(
                End("route", f"{_text(route.method)} {_text(route.path)}"), "serves", end_of(route.handler)
            )
    for mention in project.mentions:
        if mention.by == "client":
            yield from _of_client(project, mention)


def end_of(function: Function) -> End:
    """The function's end of a relation."""
    return End("function", function.identifier)


def _of_client(project: Project, mention: Mention) -> Iterator[Relation]:
    function = project.resolve(Reference("api", mention.path))
    if function is not None:
        yield Relation(End("client", mention.module.path), "calls", end_of(function))


def _of_step(project: Project, source: End, step: s.Step) -> Iterator[Relation]:
    match step:
        case s.Read(table=str() as table, system=False) | s.Get(table=str() as table):
            yield Relation(source, "reads", End("table", table))
        case s.Write(table=str() as table):
            yield Relation(source, "writes", End("table", table))
        case s.Run(target=target):
            end = _target(project, target)
            if end is not None:
                yield Relation(source, "calls", end)
        case s.Schedule(target=target):
            end = _target(project, target)
            if end is not None:
                yield Relation(source, "schedules", end)
        case s.External(package=package):
            yield Relation(source, "calls", End("service", package or "fetch"))
        case _:
            return


def _target(project: Project, target: Target) -> End | None:
    function = project.resolve(target)
    if function is not None:
        return end_of(function)
    if isinstance(target, Reference) and target.path:
        if target.root == "components":
            return End("component", target.path[0])
        return End("function", f"{'/'.join(target.path[:-1])}:{target.path[-1]}")
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else "?"
