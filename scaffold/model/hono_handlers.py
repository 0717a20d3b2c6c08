"""What Hono runs for a request: middleware, and what answers behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.body import Written
from scaffold.model.values import Definition, External, Known, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.project import Project

_DEPTH = 5  # of functions that make functions
_FACTORY = "hono/factory"
# Middleware of Hono's that lets every request pass, whoever sends it.
_PASSING = set(
    """
    cors logger prettyJSON requestId timing etag secureHeaders compress cache zValidator vValidator sValidator
    arktypeValidator tbValidator describeRoute bodyLimit timeout contextStorage trimTrailingSlash
    """.split()
)


class Runs(NamedTuple):
    """An expression that an application is given to run, and where it stands."""

    module: Module
    node: n.Expression


class Made(NamedTuple):
    """A function that an expression stands for, and what it knows of the one that made it."""

    written: Written
    knows: Known = ()


class Before(NamedTuple):
    """What runs before a handler. `hidden`: some of it is out of sight, and may keep requests out."""

    bodies: tuple[Body, ...] = ()
    hidden: bool = False


def spread(project: Project, module: Module, given: Iterable[n.Expression]) -> Iterator[Runs]:
    """What an application is given, with the lists of `…factory.createHandlers(…)` laid out."""
    for node in given:
        value = project.resolver.evaluate(module, node.value) if isinstance(node, n.Spread) else None
        if isinstance(value, Definition) and _made_by(project, value, "createHandlers"):
            assert isinstance(value.node, n.Call)  # noqa: S101 - for the types
            yield from spread(project, value.module, value.node.arguments)
        else:
            yield Runs(module, node)


def before(project: Project, given: Iterable[Runs], name: str) -> Before:
    """The middleware among what an application is given."""
    bodies: list[Body] = []
    hidden = False
    for runs in given:
        found = function(project, runs, name)
        if found is not None:
            bodies.append(project.reader.hono_handler(found.written, found.knows))
        elif not _lets_pass(project, runs):
            hidden = True
    return Before(tuple(bodies), hidden)


def function(project: Project, runs: Runs, name: str, depth: int = _DEPTH) -> Made | None:
    """The function that is run: written in place, named, made by a function or by `createMiddleware`."""
    if isinstance(runs.node, n.Function):
        return Made(Written(runs.module, runs.node, name))
    value = project.resolver.evaluate(runs.module, runs.node)
    return _followed(project, value, name, depth) if isinstance(value, Definition) else None


def _followed(project: Project, value: Definition, name: str, depth: int) -> Made | None:
    if isinstance(value.node, n.Function):
        return Made(Written(value.module, value.node, name), value.knows)
    if not isinstance(value.node, n.Call) or not depth:
        return None
    if _made_by(project, value, "createMiddleware"):
        inner = value.node.arguments[0] if value.node.arguments else None
        if isinstance(inner, n.Function):
            return Made(Written(value.module, inner, name), value.knows)
        return function(project, Runs(value.module, inner), name, depth - 1) if inner is not None else None
    made = project.resolver.made(value)
    return _followed(project, made, name, depth - 1) if made is not None else None


def _made_by(project: Project, value: Definition, method: str) -> bool:
    """Whether a function of Hono's own makes it, of `createFactory()` or by itself."""
    if not isinstance(value.node, n.Call):
        return False
    match project.resolver.evaluate(value.module, value.node.callee):
        case External(specifier, path) if path[-1:] == (method,):
            return specifier == _FACTORY
    return False


def _lets_pass(project: Project, runs: Runs) -> bool:
    """Whether it is a path, or middleware that lets every request pass."""
    if not isinstance(runs.node, n.Call):
        return isinstance(runs.node, n.String)
    match project.resolver.evaluate(runs.module, runs.node.callee):
        case External(path=(*_, name)):
            return name in _PASSING
        case Unknown():
            return False
    return isinstance(runs.node.callee, n.Name) and runs.node.callee.name in _PASSING
