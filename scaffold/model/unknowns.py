"""What reading could not tell, each with its place and the reason: where rules had to stay silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Blind
from scaffold.model import steps as s
from scaffold.model.schema import Schema
from scaffold.model.subjects import subjects
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Function
    from scaffold.model.project import Project


_NAMING = (s.Read, s.Get, s.Write, s.Run, s.Schedule)  # the steps that name a table, an index or a function


def unknowns(project: Project, *, validators: bool = True) -> Iterator[Blind]:
    """The unknown facts of what is shown of a project, in no particular order.

    Validators are read when they are asked for; leave them out where that takes too long.
    """
    for function in (*project.functions, *project.unexported):
        yield from _of_function(function, validators=validators)
    for schema in subjects(project, Schema):
        yield from _of_schema(schema)
    yield from _of_wiring(project)
    for kind in _NAMING:
        for step in project.steps(kind):
            yield from _of_step(step)


def _of_function(function: Function, *, validators: bool) -> Iterator[Blind]:
    if function.package:
        return  # it is known to whom it matters
    if not function.builder.resolved:
        name = function.builder.names[0]
        yield Blind("builder", f"{name} cannot be followed; its name alone says what it is", function.place)
    if function.handler is None:
        yield Blind("handler", "the handler is not a function in view", function.place)
    for key, validator in (("args", function.args), ("returns", function.returns)) if validators else ():
        if isinstance(validator, Unknown):
            yield Blind(key, validator.reason, function.place)
        elif validator is not None:
            for part in validator.walk():
                if part.kind == "unknown":
                    yield Blind(key, part.reason, part.place or function.place)


def _of_schema(schema: Schema) -> Iterator[Blind]:
    if not schema.complete:
        yield Blind("schema", "tables may hide in what is spread into it", schema.module.at(schema.node))
    for table in schema.tables.values():
        if not table.package and (not table.complete or table.document.kind == "unknown"):
            reason = table.document.reason or "an index or a field may be out of view"
            yield Blind("table", f"{table.name}: {reason}", table.place)
        for index in table.indexes:
            if isinstance(index.name, Unknown):
                yield Blind("index", index.name.reason, index.place)
            elif index.fields is None:
                yield Blind("index", "its fields are computed", index.place)


def _of_wiring(project: Project) -> Iterator[Blind]:
    for module in project.view.modules:
        if module in project.wiring.idle:
            reason = "crons.ts and http.ts do not import it: what it registers does not run"
            yield Blind("wiring", reason, module.place(0, 0))
    for cron in project.crons:
        if isinstance(cron.target, Unknown):
            yield Blind("cron", cron.target.reason, cron.place)
    for route in project.routes:
        if route.handler is None:
            yield Blind("route", "its handler is not in view", route.place)
        for part in (route.method, route.path):
            if isinstance(part, Unknown):
                yield Blind("route", part.reason, route.place)


def _of_step(step: s.Step) -> Iterator[Blind]:
    for kind, value in _values(step):
        if isinstance(value, Unknown):
            yield Blind(kind, value.reason, step.place)


def _values(step: s.Step) -> tuple[tuple[str, object], ...]:
    match step:
        case s.Read():
            return ("table", step.table), ("index", step.index), ("range", step.range)
        case s.Get() | s.Write():
            return (("table", step.table),)
        case s.Run() | s.Schedule():
            return (("function", step.target),)
    return ()
