"""Applications of Hono's that answer as routes: `new HttpRouterWithHono(app)`, whatever files they are of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scaffold.model.body import Written
from scaffold.model.function import Builder, Function, Kind
from scaffold.model.names import declared_in, given_back, method_of
from scaffold.model.values import Definition, Literal, Unknown
from scaffold.model.wiring import Route
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project

_VERBS = {"get", "post", "put", "patch", "delete", "all"}
_DEPTH = 5  # of applications in applications, and of names for one
# Middleware of Hono's that lets every request pass, whoever sends it.
_PASSING = set(
    """
    cors logger prettyJSON requestId timing etag secureHeaders compress cache zValidator vValidator sValidator
    """.split()
)


class _App(msgspec.Struct, frozen=True, eq=False):
    """An application: what makes it, its name, and the statements in which it has that name."""

    module: Module
    node: n.Expression
    name: str
    scope: tuple[n.Statement, ...]


class _Under(msgspec.Struct, frozen=True):
    """Where an application is put: below which path, and behind which middleware.

    `guards` are the beginnings of the paths that some middleware may keep requests from.
    """

    path: str | Unknown = ""
    guards: tuple[str, ...] = ()

    def join(self, path: str | Unknown) -> str | Unknown:
        """A path of the application as requests spell it."""
        match self.path, path:
            case Unknown(), _:
                return self.path
            case str(outer), str(inner) if outer:
                return f"{outer.rstrip('/')}/{inner.lstrip('/')}"
        return path

    def keeps_out(self, path: str | Unknown) -> bool:
        """Whether a middleware may keep requests of a path out."""
        return any(isinstance(path, Unknown) or path.startswith(guard) for guard in self.guards)


class HonoReader:
    """Reads the routes of the applications that a module makes its router of."""

    def __init__(self, project: Project, module: Module) -> None:
        self.unexported: list[Function] = []
        self._project = project
        self._module = module

    def routes(self, router: n.Call) -> Iterator[Route]:
        """The routes of the application that a router is made of, and of those that are put into it."""
        app = self._app(self._module, router.arguments[0]) if router.arguments else None
        if app is not None:
            yield from self._of(app, _Under(), router, _DEPTH)

    def _app(self, module: Module, node: n.Expression, depth: int = _DEPTH) -> _App | None:
        """The application that an expression stands for: made here, imported, or given by a function."""
        value = self._project.resolver.evaluate(module, node)
        if not isinstance(value, Definition) or not isinstance(value.node, n.Call) or not depth:
            return None
        first = _first(value.node)
        if isinstance(first, n.Name):  # `const routes = app.get(…).post(…)`
            return self._app(value.module, first, depth - 1)
        if isinstance(first, n.Call) and first.new:
            return _App(value.module, value.node, value.name, value.module.body)
        return self._given(value.module, value.node)

    def _given(self, module: Module, call: n.Call) -> _App | None:
        """The application that a function makes and gives back."""
        made = self._project.resolver.evaluate(module, call.callee)
        if not isinstance(made, Definition) or not isinstance(made.node, n.Function):
            return None
        last = given_back(made.node)
        given = _first(last) if last is not None else None
        if not isinstance(given, n.Name):
            return None
        return _App(made.module, declared_in(made.node, given), given.name, made.node.body)

    def _of(self, app: _App, under: _Under, router: n.Call, depth: int) -> Iterator[Route]:
        calls = list(self._calls(app))
        path = self._based(app, under)
        found = (self._guard(app, _Under(path), call) for _, call in calls)
        under = _Under(path, (*under.guards, *(guard for guard in found if guard is not None)))
        for module, call in calls:
            how = method_of(call)
            if how in _VERBS and call.arguments:
                yield self._route(under, module, call, router)
            elif how == "route" and len(call.arguments) > 1 and depth:
                inner = self._app(module, call.arguments[1])
                below = _Under(under.join(self._text(module, call.arguments[0])), under.guards)
                yield from self._of(inner, below, router, depth - 1) if inner is not None else ()

    def _calls(self, app: _App) -> Iterator[tuple[Module, n.Call]]:
        """What is called on an application, where it is made and in the router's module."""
        for call in _called(app.scope, {app.name}, _first(app.node)):
            yield app.module, call
        if app.module is not self._module:
            names = {name for name in self._module.imports if self._means(name, app)}
            for call in _called(self._module.body, names, None) if names else ():
                yield self._module, call

    def _means(self, name: str, app: _App) -> bool:
        value = self._project.resolver.name(self._module, name)
        return isinstance(value, Definition) and value.node is app.node

    def _based(self, app: _App, under: _Under) -> str | Unknown:
        """The path that an application is put under, with that of `basePath`."""
        path, node = under.path, app.node
        while isinstance(node, n.Call) and isinstance(node.callee, n.Member):
            if node.callee.property == "basePath" and node.arguments:
                path = under.join(self._text(app.module, node.arguments[0]))
            node = node.callee.object
        return path

    def _guard(self, app: _App, under: _Under, call: n.Call) -> str | None:
        """The beginning of the paths that a middleware keeps requests from; None if it lets all pass."""
        if method_of(call) != "use" or all(map(_lets_pass, call.arguments)):
            return None
        path = self._text(app.module, call.arguments[0]) if isinstance(call.arguments[0], n.String) else "*"
        whole = under.join(path)
        return "" if isinstance(whole, Unknown) else whole.partition("*")[0].partition(":")[0].rstrip("/")

    def _route(self, under: _Under, module: Module, call: n.Call, router: n.Call) -> Route:
        path = under.join(self._text(module, call.arguments[0]))
        handler = None if under.keeps_out(path) else self._handler(module, call, router)
        method = method_of(call).upper()
        return Route(
            module=self._module,
            call_module=module,
            call=call,
            method=method if method != "ALL" else Unknown("any method will do"),
            path=path,
            prefix=False,
            handler=handler,
            body=handler.body if handler else None,
        )

    def _handler(self, module: Module, call: n.Call, router: n.Call) -> Function | None:
        """What answers; None where others are asked before it, or it is not in view."""
        if not call.arguments[1:] or not all(map(_lets_pass, call.arguments[1:-1])):
            return None
        where, handler = module, call.arguments[-1]
        if not isinstance(handler, n.Function):
            value = self._project.resolver.evaluate(module, handler)
            if not isinstance(value, Definition) or not isinstance(value.node, n.Function):
                return None
            where, handler = value.module, value.node
        name = Kind.HTTP.value  # as all handlers without a name of their own
        found = Function(
            module=self._module,
            name=name,
            builder=Builder(kind=Kind.HTTP, public=True, names=("Hono",)),
            call=call,
            call_module=module,
            name_node=call if module is self._module else router,
            syntax="positional",
            options_module=module,
            handler=handler,
            read_body=partial(self._project.reader.hono_handler, Written(where, handler, name)),
        )
        self.unexported.append(found)
        return found

    def _text(self, module: Module, node: n.Expression) -> str | Unknown:
        value = self._project.resolver.evaluate(module, node)
        if isinstance(value, Literal) and isinstance(value.value, str):
            return value.value
        return Unknown("the path is computed")


def _first(node: n.Expression) -> n.Expression:
    """What a chain of calls begins with: `new Hono()` of `new Hono().get(…).post(…)`."""
    while isinstance(node, n.Call) and isinstance(node.callee, n.Member):
        node = node.callee.object
    return node


def _called(scope: tuple[n.Statement, ...], names: set[str], made: n.Expression | None) -> Iterator[n.Call]:
    """The calls of methods on a name, or on what is made in place, and on what these calls give."""
    for node in walk_all(scope):
        if isinstance(node, n.Call) and isinstance(node.callee, n.Member):
            first = _first(node)
            if first is made or (isinstance(first, n.Name) and first.name in names):
                yield node


def _lets_pass(node: n.Expression) -> bool:
    """Whether what is given to an application is a path, or middleware that lets every request pass."""
    return isinstance(node, n.String) or (
        isinstance(node, n.Call) and isinstance(node.callee, n.Name) and node.callee.name in _PASSING
    )
