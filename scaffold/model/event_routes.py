"""Routes that a package adds to a router, with functions of the project for the events that it verifies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.body import Written
from scaffold.model.function import Builder, Function, Kind
from scaffold.model.options import part_of
from scaffold.model.values import Argument, Definition, External, Literal, Unknown
from scaffold.model.wiring import Route
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project


class _Adds(NamedTuple):
    """The options that hold a function for each event, and one for all; the path where none is given."""

    events: str
    each: str
    path: str


_ADDS = {External("@convex-dev/stripe", ("registerRoutes",)): _Adds("events", "onEvent", "/stripe/webhook")}
_PACKAGES = {adds.specifier for adds in _ADDS}
_OPTIONS = 2  # behind the router and the component


def read(project: Project, module: Module) -> Iterator[Route]:
    """The routes that a module has added, one for each function that is told of events."""
    if _PACKAGES.isdisjoint(specifier for specifier, _ in module.imports.values()):
        return
    for node in walk_all(module.body):
        callee = project.resolver.evaluate(module, node.callee) if isinstance(node, n.Call) else None
        if isinstance(node, n.Call) and callee in _ADDS and len(node.arguments) > _OPTIONS:
            yield from _added(project, module, node, _ADDS[callee])


def _added(project: Project, module: Module, call: n.Call, adds: _Adds) -> Iterator[Route]:
    where, options = _object(project, module, call.arguments[_OPTIONS])
    path: str | Unknown = adds.path
    if (part := part_of(options, "webhookPath")) is not None:
        value = project.resolver.evaluate(where, part.value)
        is_told = isinstance(value, Literal) and isinstance(value.value, str)
        path = value.value if is_told else Unknown("the path is computed")  # type: ignore[union-attr, assignment]
    given = [part for part in (part_of(options, adds.each),) if part is not None]
    table = part_of(options, adds.events)
    at, listed = _object(project, where, table.value) if table is not None else (where, None)
    told = [(where, part) for part in given]
    told += [(at, part) for part in (listed.properties if listed is not None else ())]
    for home, part in told:
        handler = _function(project, home, part)
        if handler is not None and part.key is not None:
            function = _handler(project, module, call, part.key, handler)
            yield Route(
                module=module,
                call_module=module,
                call=call,
                method="POST",
                path=path,
                prefix=False,
                handler=function,
                body=function.body,
                verified=True,
            )


def _object(project: Project, module: Module, node: n.Expression) -> tuple[Module, n.Object | None]:
    value = project.resolver.evaluate(module, node)
    if isinstance(value, Definition) and isinstance(value.node, n.Object):
        return value.module, value.node
    return module, None


def _function(project: Project, module: Module, part: n.Property) -> Definition | None:
    value = project.resolver.evaluate(module, part.value)
    return value if isinstance(value, Definition) and isinstance(value.node, n.Function) else None


def _handler(project: Project, module: Module, call: n.Call, event: str, handler: Definition) -> Function:
    assert isinstance(handler.node, n.Function)  # noqa: S101 - for the types
    written = Written(handler.module, handler.node, event)
    return Function(
        module=module,
        name=event,
        builder=Builder(kind=Kind.HTTP, public=True, names=("registerRoutes",)),
        call=call,
        call_module=module,
        name_node=call,
        syntax="positional",
        options_module=module,
        handler=handler.node,
        read_body=partial(project.reader.handler, written, Argument(("event",))),
    )
