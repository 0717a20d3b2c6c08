"""Procedures of cRPC: functions that a chain of calls registers, `authQuery.input(…).query(…)`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.body import Written
from scaffold.model.calls import function_in
from scaffold.model.function import Builder, Kind
from scaffold.model.names import declared_in
from scaffold.model.options import part_of
from scaffold.model.validators import Validator
from scaffold.model.values import Definition, External
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.values import Known, Value

_MAKER = "initCRPC"
_CREATE = "create"
_KINDS = {"query": Kind.QUERY, "mutation": Kind.MUTATION, "action": Kind.ACTION}
_LINKS = 30  # of one chain, through all modules


class Procedure(NamedTuple):
    """What a chain registers; `sent` reads the validator of what callers send."""

    builder: Builder
    handler: n.Function | None
    read_body: Callable[[], Body] | None
    sent: Callable[[], Validator]


class Link(NamedTuple):
    """One call of a chain: `.input(schema)`, and where it stands."""

    module: Module
    name: str
    call: n.Call


class Given(NamedTuple):
    """A function that a call is given."""

    module: Module
    function: n.Function
    knows: Known


def chain(value: Value) -> tuple[str, ...]:
    """The steps of a chain that ends in a procedure, or in a route; none for any other callee."""
    match value:
        case External(path=(maker, *steps)) if maker == _MAKER and _CREATE in steps:
            return tuple(steps[steps.index(_CREATE) + 2 :])  # behind its call
    return ()


def read(project: Project, name: str, made: Definition, path: tuple[str, ...]) -> Procedure | None:
    """What a call registers whose callee is the chain `path`; None for one that is not at its end."""
    call = made.node
    match path:
        case (base, *between, last) if (
            base in _KINDS
            and last in _KINDS
            and isinstance(call, n.Call)
            and isinstance(call.callee, n.Member)
        ):
            links, begun = _links(project, made.module, call.callee.object)
            bodies, keys = _run_before(project, links)
            builder = Builder(
                kind=_KINDS[base],
                public="internal" not in between,
                names=(begun, base) if begun != base else (base,),
                custom=True,
                inputs=bodies,
                adds=keys,
                takes_options=False,
            )
            sent = partial(_sent, project, tuple(link for link in links if link.name == "input"))
            found = _function(project, made.module, call)
            if found is None:
                return Procedure(builder, None, None, sent)
            written = Written(found.module, found.function, name)
            read_body = partial(project.reader.procedure, written, sent, bodies, found.knows)
            return Procedure(builder, found.function, read_body, sent)
    return None


def _sent(project: Project, inputs: tuple[Link, ...]) -> Validator:
    """The validator of what callers send; a procedure without an input takes nothing."""
    found = Validator(kind="object")
    for module, _, call in inputs:
        for schema in call.arguments[:1]:
            read = _schema(project, module, schema)
            found = found.joined(read) if read.kind == "object" else read
    return found


def _schema(project: Project, module: Module, node: n.Expression) -> Validator:
    """The validator of an input; the fields of `z.object({ … })` are each read for themselves."""
    match project.resolver.evaluate(module, node):
        case Definition(where, n.Call(callee=n.Member(property="object"), arguments=(n.Object() as fields,))):
            return project.validators.fields(where, fields)
    return project.validators.read(module, node)


def _links(project: Project, module: Module, node: n.Expression) -> tuple[tuple[Link, ...], str]:
    """The calls of a chain in order, and the name of what it goes on from: `authQuery`."""
    found: list[Link] = []
    names: list[str] = []
    for _ in range(_LINKS):
        match node:
            case n.Call(callee=n.Member(object=inner, property=name)):
                found.append(Link(module, name, node))
                node = inner
                continue
            case n.Name(name=name) | n.Member(property=name):
                names.append(name)
                match project.resolver.evaluate(module, node):
                    case Definition(where, n.Call() as call):
                        module, node = where, call
                        continue
        break
    return tuple(reversed(found)), names[0] if names else ""


def _run_before(project: Project, links: tuple[Link, ...]) -> tuple[tuple[Body, ...], frozenset[str] | None]:
    """The middleware of a chain, and the keys that it puts on the context; None where that is not in view."""
    bodies: list[Body] = []
    keys: frozenset[str] | None = frozenset()
    for link in links:
        given = link.call.arguments if link.name == "use" else ()
        for found in (each for node in given for each in _middleware(project, link.module, node)):
            if found is None:
                keys = None
                continue
            bodies.append(project.reader.procedure(Written(found.module, found.function, link.name)))
            added = _added(found.function)
            keys = keys | added if keys is not None and added is not None else None
    return tuple(bodies), keys


def _middleware(
    project: Project, module: Module, node: n.Expression, depth: int = 0
) -> Iterator[Given | None]:
    """The functions of a middleware: its own, and before it those of what it goes on from by `.pipe(…)`."""
    match project.resolver.evaluate(module, node):
        case Definition(where, n.Call(callee=n.Member(object=inner, property="pipe"), arguments=(last, *_))):
            if depth < _LINKS:
                yield from _middleware(project, where, inner, depth + 1)
                yield from _middleware(project, where, last, depth + 1)
        case value:
            yield _given(value)


def _function(project: Project, module: Module, call: n.Call) -> Given | None:
    """The function that a call is given: itself, by its name, or as another call holds it."""
    return _given(project.resolver.evaluate(module, call.arguments[0])) if call.arguments else None


def _given(value: Value) -> Given | None:
    """The function that a value is, or that it was made of: `c.middleware(async ({ ctx, next }) => …)`."""
    function = function_in(value) if isinstance(value, Definition) else None
    if function is None or not isinstance(value, Definition):
        return None
    return Given(value.module, function, value.knows)


def _added(middleware: n.Function) -> frozenset[str] | None:
    """The keys that a middleware puts on the context: those of `next({ ctx: { …ctx, user } })`."""
    found: set[str] = set()
    for context in _handed_on(middleware):
        literal = declared_in(middleware, context)
        if isinstance(literal, n.Name) and literal.name == "ctx":
            continue
        if not isinstance(literal, n.Object) or any(part.kind == "computed" for part in literal.properties):
            return None
        found |= {part.key for part in literal.properties if part.key}
    return frozenset(found)


def _handed_on(middleware: n.Function) -> Iterator[n.Expression]:
    for node in walk_all(middleware.body):
        match node:
            case n.Call(callee=n.Name(name="next"), arguments=(given, *_)):
                part = part_of(given, "ctx")
                if part is not None:
                    yield part.value
