"""What rules look at, by its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.model.body import Body
from scaffold.model.function import Function
from scaffold.model.module import Module
from scaffold.model.project import Project
from scaffold.model.schema import Index, Schema, Table
from scaffold.model.steps import Step
from scaffold.model.wiring import Cron, Mention, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _schemas(project: Project) -> tuple[Schema, ...]:
    """The schema, if the module that it stands in is shown."""
    schema = project.schema
    return (schema,) if schema is not None and schema.module in project.view.modules else ()


def _tables(project: Project) -> Iterator[Table]:
    return (table for schema in _schemas(project) for table in schema.tables.values())


_OF: dict[type, Callable[[Project], Iterable[Any]]] = {
    Project: lambda project: (project,),
    Module: lambda project: project.view.modules,
    Function: lambda project: project.functions,
    Schema: _schemas,
    Table: _tables,
    Index: lambda project: (index for table in _tables(project) for index in table.indexes),
    Cron: lambda project: project.crons,
    Route: lambda project: project.routes,
    Mention: lambda project: project.mentions,
    Body: lambda project: project.bodies,
}


def subjects(project: Project, kind: type) -> Iterator[Any]:
    """All things of one type in a project; a kind of step is each place once.

    Raises:
        TypeError: the model has no such type.
    """
    if issubclass(kind, Step):
        yield from project.steps(kind)
    elif kind in _OF:
        yield from _OF[kind](project)
    else:
        raise TypeError(f"the model has no subjects of type {kind.__name__}")
