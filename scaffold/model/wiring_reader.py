"""`crons.ts` and `http.ts` read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model import event_routes
from scaffold.model.calls import function_in
from scaffold.model.hono_reader import HonoReader
from scaffold.model.names import without_default
from scaffold.model.taking import takers
from scaffold.model.unrolling import unrolled
from scaffold.model.values import Definition, Literal, Reference, Unknown
from scaffold.model.wiring import Cron, Route, Wiring
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from scaffold.model.function import Function
    from scaffold.model.functions import FunctionReader
    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.steps import Target

_METHODS = {"interval", "cron", "hourly", "daily", "weekly", "monthly"}
_CRONS = {"cronJobs": "Crons"}  # what makes it -> its type
_ROUTERS = {
    "httpRouter": "HttpRouter",
    "HttpRouterWithHono": "HttpRouterWithHono",
    "corsRouter": "CorsHttpRouter",  # of convex-helpers, around another
}
_SERVER = "convex/server"
_ROOTS = {"crons", "http"}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}


def read(project: Project, functions: FunctionReader) -> Wiring:
    """The jobs and routes that the modules of a project register."""
    handed = handed_on(project)
    modules = [
        each for each in project.modules.values() if each.entry and (each.facts.wires or each.path in handed)
    ]
    used = _used(project, modules)
    found = Wiring()
    for module in modules:
        names = frozenset(handed.get(module.path, ()))
        crons = list(_crons(project, module, names))
        routes = list(_routes(project, module, functions, found, names))
        found.crons += crons
        found.routes += routes
        if (crons or routes) and module.path not in used:
            found.idle.append(module)
    return found


def _used(project: Project, modules: Iterable[Module]) -> set[str]:
    """The files that `crons.ts` and `http.ts` import, at any depth, and these: Convex runs nothing else."""
    pending = [module for module in project.modules.values() if module.entry and module.name in _ROOTS]
    used = {module.path for module in pending}
    wanted = {module.path for module in modules}
    while pending and not wanted <= used:
        for other in project.imported(pending.pop()):
            if other.path not in used:
                used.add(other.path)
                pending.append(other)
    return used


class Handed(NamedTuple):
    """A parameter of a function that is crons or a router, and from where to where it is that."""

    name: str
    start: int
    end: int


def handed_on(project: Project) -> dict[str, set[Handed]]:
    """The parameters that calls give crons or a router, by file: `registerDaily(crons)`."""
    found: dict[str, set[Handed]] = {}
    for module in project.modules.values():
        if not (module.entry and module.facts.wires):  # then its code is not even looked at
            continue
        names = _made(module, {**_CRONS, **_ROUTERS})
        for where, function, name in takers(project.resolver, module, module.body, names):
            found.setdefault(where.path, set()).add(Handed(name, function.start, function.end))
    return found


def _crons(project: Project, module: Module, handed: frozenset[Handed]) -> Iterator[Cron]:
    """The jobs of a module that registers on what `cronJobs()` gave."""
    for node in unrolled(project, module, list(_calls(module, _CRONS, _METHODS, handed))):
        arguments = node.arguments
        if len(arguments) < 3 or not isinstance(node.callee, n.Member):  # noqa: PLR2004 - name, schedule, function
            continue
        name = project.resolver.evaluate(module, arguments[0])
        yield Cron(
            module=module,
            call=node,
            method=node.callee.property,
            name=_text(name, "the cron's name is computed"),
            name_node=arguments[0],
            schedule=arguments[1],
            seconds=_seconds(project, module, arguments[1]) if node.callee.property == "interval" else None,
            target=_target(project, module, arguments[2]),
            target_node=arguments[2],
        )


def _routes(
    project: Project, module: Module, functions: FunctionReader, wiring: Wiring, handed: frozenset[Handed]
) -> Iterator[Route]:
    """The routes of a module that registers on what `httpRouter()` gave, or on Hono's application."""
    yield from _hono_routes(project, module, wiring)
    for route in event_routes.read(project, module):
        wiring.unexported += [route.handler] if route.handler is not None else []
        yield route
    for node in unrolled(project, module, list(_calls(module, _ROUTERS, {"route"}, handed))):
        options = node.arguments[0] if node.arguments else None
        if isinstance(options, n.Name | n.Member):
            value = project.resolver.evaluate(module, options)
            options = (
                value.node if isinstance(value, Definition) and isinstance(value.node, n.Object) else None
            )
        if not isinstance(options, n.Object):
            continue
        parts = {part.key: part.value for part in options.properties if part.key}
        prefix = parts.get("pathPrefix")
        path = parts.get("path") or prefix
        handler = _handler(project, module, parts.get("handler"), functions, wiring)
        yield Route(
            module=module,
            call_module=module,
            call=node,
            method=_part(project, module, parts.get("method"), "the method is computed"),
            path=_part(project, module, path, "the path is computed"),
            prefix=prefix is not None,
            handler=handler,
            body=handler.body if handler else None,
        )


def _hono_routes(project: Project, module: Module, wiring: Wiring) -> Iterator[Route]:
    """The routes of the applications that the module hands to `new HttpRouterWithHono(app)`."""
    reader = HonoReader(project, module)
    for node in walk_all(module.body):
        if isinstance(node, n.Call) and node.new and _is(module, node.callee, {"HttpRouterWithHono"}):
            yield from reader.routes(node)
    wiring.unexported += reader.unexported


def _handler(
    project: Project,
    module: Module,
    node: n.Expression | None,
    functions: FunctionReader,
    wiring: Wiring,
) -> Function | None:
    if node is None:
        return None
    value = project.resolver.evaluate(module, node)
    if not isinstance(value, Definition) or not isinstance(value.node, n.Call):
        return None
    known = project.resolve(value)
    if known is not None:
        return known
    found = functions.inline(value.module, value.node, value.name or "httpAction")
    if found is None and function_in(value) is not None:  # wrapped: cors(httpAction(…))
        return None
    if found is not None:
        wiring.unexported.append(found)
    return found


def _calls(
    module: Module, factories: dict[str, str], methods: set[str], handed: frozenset[Handed]
) -> Iterator[n.Call]:
    """Calls of a method on a variable that stands for what a factory gave, in order."""
    names = _made(module, factories) | _handed_in(module, set(factories.values()))
    if not names and not handed:
        return
    for node in walk_all(module.body):
        match node:
            case n.Call(callee=n.Member(object=n.Name(name=name), property=method)) if method in methods:
                if name in names or any(name == each.name and _is_inside(node, each) for each in handed):
                    yield node


def _is_inside(node: n.Node, handed: Handed) -> bool:
    return handed.start <= node.start and node.end <= handed.end


def _made(module: Module, factories: Container[str]) -> set[str]:
    """The variables that stand for what a factory gave."""
    return {
        name
        for name, node in module.top.items()
        if isinstance(node, n.Call) and _is(module, node.callee, factories)
    }


def _handed_in(module: Module, types: set[str]) -> set[str]:
    """The parameters that are a factory's result by their type: `(http: HttpRouter) => http.route(…)`.

    Of what is imported as `{ type HttpRouter }` only the module is known that it comes from.
    """
    imports = [statement for statement in module.body if isinstance(statement, n.Import)]
    imported = {name for statement in imports for name, _ in statement.names if name in types}
    if any(statement.specifier == _SERVER for statement in imports):
        imported |= types
    if not imported:
        return set()
    return {
        pattern.name
        for node in walk_all(module.body)
        if isinstance(node, n.Parameter) and node.annotation in imported
        if isinstance(pattern := without_default(node.pattern), n.Name)
    }


def _is(module: Module, callee: n.Expression, factories: Container[str]) -> bool:
    if isinstance(callee, n.Member) and isinstance(callee.object, n.Name):  # `server.cronJobs()`
        return callee.property in factories and callee.object.name in module.imports
    if not isinstance(callee, n.Name):
        return False
    imported = module.imports.get(callee.name)
    return callee.name in factories or (imported is not None and imported[1] in factories)


def _seconds(project: Project, module: Module, node: n.Expression) -> float | None:
    value = project.resolver.evaluate(module, node)
    if not isinstance(value, Definition) or not isinstance(value.node, n.Object):
        return None
    total = 0.0
    for part in value.node.properties:
        amount = _number(project, value.module, part.value)
        if part.key not in _SECONDS or amount is None:
            return None
        total += amount * _SECONDS[part.key]
    return total


def _number(project: Project, module: Module, node: n.Expression) -> float | None:
    """The number that an expression is, products and quotients worked out: `24 * 60`."""
    match project.resolver.evaluate(module, node):
        case Literal(value=float(number)):
            return number
        case Definition(module=where, node=n.Binary(operator="*" | "/" as operator, left=left, right=right)):
            first, second = _number(project, where, left), _number(project, where, right)
            if first is None or second is None or (operator == "/" and not second):
                return None
            return first * second if operator == "*" else first / second
    return None


def _target(project: Project, module: Module, node: n.Expression) -> Target:
    value = project.resolver.evaluate(module, node)
    return value if isinstance(value, Reference | Definition) else Unknown("the function is computed")


def _part(project: Project, module: Module, node: n.Expression | None, reason: str) -> str | Unknown:
    return _text(project.resolver.evaluate(module, node), reason) if node is not None else Unknown(reason)


def _text(value: object, reason: str) -> str | Unknown:
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else Unknown(reason)
