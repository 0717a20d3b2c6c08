"""Applications of Hono's that answer as routes: `new HttpRouterWithHono(app)`, whatever files they are of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scaffold.model import hono_handlers
from scaffold.model.function import Builder, Function, Kind
from scaffold.model.names import declared_in, given_back, method_of
from scaffold.model.taking import takers
from scaffold.model.values import Definition, Literal, Unknown
from scaffold.model.wiring import Route
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.hono_handlers import Before, Runs
    from scaffold.model.module import Module
    from scaffold.model.project import Project

_VERBS = {"get", "post", "put", "patch", "delete", "all"}
_DEPTH = 5  # of applications in applications, and of names for one
_NAME = Kind.HTTP.value  # of all handlers without a name of their own


class _App(msgspec.Struct, frozen=True, eq=False):
    """An application: what makes it, its name, and the statements in which it has that name."""

    module: Module
    node: n.Expression
    name: str
    scope: tuple[n.Statement, ...]


class _Guard(msgspec.Struct, frozen=True, eq=False):
    """Middleware of an application, and the beginning of the paths that it runs for."""

    start: str
    runs: tuple[Runs, ...]


class _Under(msgspec.Struct, frozen=True, eq=False):
    """Where an application is put: below which path, and behind which middleware."""

    path: str | Unknown = ""
    guards: tuple[_Guard, ...] = ()

    def join(self, path: str | Unknown) -> str | Unknown:
        """A path of the application as requests spell it."""
        match self.path, path:
            case Unknown(), _:
                return self.path
            case str(outer), str(inner) if outer:
                return f"{outer.rstrip('/')}/{inner.lstrip('/')}"
        return path

    def runs(self, path: str | Unknown) -> Iterator[Runs]:
        """The middleware that requests of a path come through."""
        for guard in self.guards:
            if isinstance(path, Unknown) or path.startswith(guard.start):
                yield from guard.runs


class _Answer(msgspec.Struct, frozen=True, eq=False):
    """A call that registers a route: the method that it is for, the path, and what runs for it."""

    module: Module
    call: n.Call
    method: str
    given: tuple[n.Expression, ...]


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
        found = (self._guard(module, _Under(path), call) for module, call in calls)
        under = _Under(path, (*under.guards, *(guard for guard in found if guard is not None)))
        for module, call in calls:
            if method_of(call) == "route" and len(call.arguments) > 1 and depth:
                inner = self._app(module, call.arguments[1])
                below = _Under(under.join(self._text(module, call.arguments[0])), under.guards)
                yield from self._of(inner, below, router, depth - 1) if inner is not None else ()
            else:
                for answer in _answers(module, call):
                    yield self._route(under, answer, router)

    def _calls(self, app: _App) -> Iterator[tuple[Module, n.Call]]:
        """What is called on an application where it is made, in the router's module, and in what gets it."""
        places: list[tuple[Module, tuple[n.Statement, ...], set[str], n.Expression | None]]
        places = [(app.module, app.scope, {app.name}, _first(app.node))]
        if app.module is not self._module:
            names = {name for name in self._module.imports if self._means(name, app)}
            places += [(self._module, self._module.body, names, None)] if names else []
        for module, scope, names, made in places:
            for call in _called(scope, names, made):
                yield module, call
            for where, function, name in takers(self._project.resolver, module, scope, names):
                for call in _called(function.body, {name}, None):
                    yield where, call

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

    def _guard(self, module: Module, under: _Under, call: n.Call) -> _Guard | None:
        """The middleware that a call puts before the routes of an application, if it does."""
        if method_of(call) != "use" or not call.arguments:
            return None
        first, given, path = call.arguments[0], call.arguments, under.path
        if isinstance(first, n.String):
            given, path = given[1:], under.join(self._text(module, first))
        start = "" if isinstance(path, Unknown) else path.partition("*")[0].partition(":")[0].rstrip("/")
        return _Guard(start, tuple(hono_handlers.spread(self._project, module, given)))

    def _route(self, under: _Under, answer: _Answer, router: n.Call) -> Route:
        path = under.join(self._text(answer.module, answer.given[0]))
        runs = tuple(hono_handlers.spread(self._project, answer.module, answer.given[1:]))
        before = hono_handlers.before(self._project, (*under.runs(path), *runs[:-1]), _NAME)
        handler = self._handler(answer, runs[-1], before, router) if runs else None
        return Route(
            module=self._module,
            call_module=answer.module,
            call=answer.call,
            method=answer.method if answer.method != "ALL" else Unknown("any method will do"),
            path=path,
            prefix=False,
            handler=handler,
            body=handler.body if handler else None,
            guarded=before.hidden,
        )

    def _handler(self, answer: _Answer, answers: Runs, before: Before, router: n.Call) -> Function | None:
        """What answers behind its middleware; None where it is not in view."""
        made = hono_handlers.function(self._project, answers, _NAME)
        if made is None:
            return None
        found = Function(
            module=self._module,
            name=_NAME,
            builder=Builder(
                kind=Kind.HTTP,
                public=True,
                names=("Hono",),
                inputs=before.bodies,
                adds=None if before.bodies else frozenset(),
            ),
            call=answer.call,
            call_module=answer.module,
            name_node=answer.call if answer.module is self._module else router,
            syntax="positional",
            options_module=answer.module,
            handler=made.written.function,
            read_body=partial(self._project.reader.hono_handler, made.written, made.knows),
        )
        self.unexported.append(found)
        return found

    def _text(self, module: Module, node: n.Expression) -> str | Unknown:
        value = self._project.resolver.evaluate(module, node)
        if isinstance(value, Literal) and isinstance(value.value, str):
            return value.value
        return Unknown("the path is computed")


def _answers(module: Module, call: n.Call) -> Iterator[_Answer]:
    """What a call registers: `app.post("/orders", …)`, or `app.on(["PUT", "POST"], "/orders", …)`."""
    how = method_of(call)
    if how in _VERBS and call.arguments:
        yield _Answer(module, call, how.upper(), call.arguments)
    elif how == "on" and len(call.arguments) > 1:
        methods, *given = call.arguments
        for each in methods.items if isinstance(methods, n.Array) else (methods,):
            if isinstance(each, n.String):
                yield _Answer(module, call, each.value.upper(), tuple(given))


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
