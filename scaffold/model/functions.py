"""Registered functions found: what a module exports that a builder made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from typing import Literal as Choice

from msgspec.structs import replace

from scaffold.model import crud_reader, package_functions, procedures, remaking
from scaffold.model.body import Written
from scaffold.model.builders import looks_registered
from scaffold.model.function import Function, Kind
from scaffold.model.making import given_object
from scaffold.model.options import declared, part_of
from scaffold.model.values import Argument, Definition, External
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.names import Export
    from scaffold.model.project import Project
    from scaffold.model.values import Value

_WRAPPERS = 4  # around one handler
_MAKERS = 4  # of one function, which call one another
_Syntax = Choice["object", "positional", "unknown"]


class _Parts(NamedTuple):
    """How a registration is written, its options with the module that they stand in, and its handler.

    `makers` are the functions of the project that make the options, outermost first.
    """

    syntax: _Syntax
    options: n.Object | None
    module: Module
    handler: Definition | None = None
    makers: tuple[Definition, ...] = ()


class FunctionReader:
    """Finds the functions of one project's modules."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def read(self, module: Module) -> Iterator[Function]:
        """The registered functions that a module exports."""
        for name, export in self._project.resolver.exported(module).items():
            value = self._project.resolver.export(module, name)
            made = package_functions.read(self._project, module, export, value)
            if made is None and isinstance(value, External) and export.specifier is None:
                made = crud_reader.read(self._project, module, export)
            if made is not None:
                yield made
            elif isinstance(value, Definition):
                yield from self._of(module, name, export, value)

    def inline(self, module: Module, node: n.Call, name: str) -> Function | None:
        """A function registered in place, as HTTP actions are: `handler: httpAction(…)`."""
        return self._registered(module, name, node, Definition(module, node, name), None)

    def _of(self, module: Module, name: str, export: Export, value: Definition) -> Iterator[Function]:
        for call, test in self._calls(value):
            if isinstance(call, Definition) and isinstance(call.node, n.Call):
                function = self._registered(module, name, export.node, call, test)
                if function is not None:
                    yield function

    def _calls(self, value: Definition) -> Iterator[tuple[Value, n.Expression | None]]:
        """What may register a function, written there or in a variable, and the test that lets it."""
        evaluate = partial(self._project.resolver.evaluate, value.module)
        match value.node:
            case n.Call():
                yield value, None
            case n.Conditional(test=test, then=then, other=other):
                yield evaluate(then), test
                yield evaluate(other), test
            case n.Binary(operator="&&", left=test, right=right):
                yield evaluate(right), test

    def _registered(
        self, module: Module, name: str, name_node: n.Node, value: Definition, condition: n.Node | None
    ) -> Function | None:
        """What a call registers: itself, or as the call of a function of the project that makes it."""
        own = self._by(module, name, name_node, value, condition)
        for _ in range(_MAKERS):
            if own is not None and own.handler is not None:
                break
            made = self._project.resolver.made(value)
            if made is None:
                break
            value = made
            own = self._by(module, name, name_node, value, condition) or own
        return own

    def _by(
        self, module: Module, name: str, name_node: n.Node, value: Definition, condition: n.Node | None
    ) -> Function | None:
        node = value.node
        if not isinstance(node, n.Call):
            return None
        callee = self._project.resolver.within(value, node.callee)
        if chain := procedures.chain(callee):
            return self._procedure(module, name, name_node, value, chain)
        builder = self._project.builders.meant(callee, node.callee)
        if builder is None or (not builder.resolved and not looks_registered(node)):
            return None
        syntax, options, options_module, found, makers = self._parts(value, node, builder.kind)
        builder = self._project.builders.remade(builder, makers)
        handler, read_body = None, None
        if found is not None and isinstance(found.node, n.Function):
            handler = found.node
            read_body = partial(
                self._project.reader.handler,
                Written(found.module, handler, name),
                Argument(("request",) if builder.kind is Kind.HTTP else ()),
                partial(declared, options_module, options),
                builder.inputs,
                found.knows,
            )
        written = self._written(options, node, syntax)
        wrappers = tuple(self._wrappers(options_module, written, handler)) if written is not None else ()
        builder = replace(builder, inputs=(*builder.inputs, *wrappers)) if wrappers else builder
        return Function(
            module=module,
            name=name,
            builder=builder,
            call=node,
            call_module=value.module,
            name_node=name_node,
            syntax=syntax,
            options=options,
            options_module=options_module,
            handler=handler,
            read_body=read_body,
            conditional=condition,
        )

    def _procedure(
        self, module: Module, name: str, name_node: n.Node, value: Definition, chain: tuple[str, ...]
    ) -> Function | None:
        """What a chain of calls registers, if it ends in a procedure."""
        procedure = procedures.read(self._project, name, value, chain)
        if procedure is None or not isinstance(value.node, n.Call):
            return None
        return Function(
            module=module,
            name=name,
            builder=procedure.builder,
            call=value.node,
            call_module=value.module,
            name_node=name_node,
            syntax="positional",
            options_module=value.module,
            handler=procedure.handler,
            read_body=procedure.read_body,
            read_args=procedure.sent,
        )

    def _parts(self, made: Definition, node: n.Call, kind: Kind) -> _Parts:
        for position, argument in enumerate(node.arguments[:2]):
            found, makers = self._told_again(self._located(made, argument))
            where, value = found.module, found.node
            if isinstance(value, n.Function):
                return _Parts("positional", None, made.module, found)
            if isinstance(value, n.Object):
                handler = self._handler(found, value)
                if handler is None and (behind := self._behind(made, node, position)) is not None:
                    return _Parts("positional", None, made.module, behind)
                return _Parts("object", value, where, handler, makers)
            if isinstance(value, n.Call) and (kind is Kind.HTTP or self._gives_function(where, value)):
                return _Parts("positional", None, where, self._wrapped(found))
        return _Parts("unknown", None, made.module)

    def _behind(self, made: Definition, node: n.Call, position: int) -> Definition | None:
        """The handler that a builder of the project takes behind an object: `asQuery({ id }, run)`."""
        located = (self._located(made, argument) for argument in node.arguments[position + 1 :])
        return next((each for each in located if isinstance(each.node, n.Function)), None)

    def _handler(self, where: Definition, options: n.Object) -> Definition | None:
        part = part_of(options, "handler")
        if part is not None:
            return self._wrapped(self._located(where, part.value))
        found = self._project.resolver.property(where.module, options, "handler")
        return self._wrapped(found) if isinstance(found, Definition) else None

    def _wrapped(self, value: Definition, depth: int = 0) -> Definition | None:
        """A handler, or the one given to what is called for it: `withUser(traced(async (ctx) => …))`."""
        if isinstance(value.node, n.Function):
            return value
        if isinstance(value.node, n.Call) and depth < _WRAPPERS:
            located = [self._located(value, argument) for argument in value.node.arguments]
            for argument in sorted(located, key=lambda each: not isinstance(each.node, n.Function)):
                handler = self._wrapped(argument, depth + 1)
                if handler is not None:
                    return handler
            return self._made(value)
        return None

    def _made(self, call: Definition) -> Definition | None:
        """The function that a function of the project gives for a call: `handler: sharing("view")`."""
        made = self._project.resolver.made(call)
        return made if made is not None and isinstance(made.node, n.Function) else None

    def _told_again(self, made: Definition) -> tuple[Definition, tuple[Definition, ...]]:
        """The options that functions of the project make others of: `define({ args, handler })`."""
        makers: list[Definition] = []
        found = made
        while isinstance(found.node, n.Call) and found.node.arguments and len(makers) < _MAKERS:
            callee = self._project.resolver.within(found, found.node.callee)
            if isinstance(callee, Definition) and isinstance(callee.node, n.Call):
                callee = self._project.resolver.made(callee) or callee
            if not isinstance(callee, Definition) or not isinstance(callee.node, n.Function):
                break
            if remaking.remade(callee.node) is None:
                break
            makers.append(callee)
            found = self._located(found, found.node.arguments[0])
        return (found, tuple(makers)) if isinstance(found.node, n.Object) else (made, ())

    def _gives_function(self, module: Module, node: n.Call) -> bool:
        """Whether what is called is a function of the project that gives a function, no options."""
        callee = self._project.resolver.evaluate(module, node.callee)
        match callee:
            case Definition(node=n.Function() as maker):
                return isinstance(given_object(maker), n.Function)
        return False

    def _written(self, options: n.Object | None, node: n.Call, syntax: _Syntax) -> n.Expression | None:
        """Where the handler is written, wrappers and all."""
        if options is not None:
            part = part_of(options, "handler")
            return part.value if part is not None else None
        return node.arguments[0] if syntax == "positional" else None

    def _wrappers(self, module: Module, node: n.Expression, handler: n.Function | None) -> Iterator[Body]:
        """The functions of the project around a handler, which run before it: `handler: withUser(…)`."""
        value: Definition | None = self._located(Definition(module, node), node)
        while value is not None and isinstance(value.node, n.Call):
            callee = self._project.resolver.evaluate(value.module, value.node.callee)
            made = self._made(value)
            if made is not None and made.node is handler:
                return
            if isinstance(callee, Definition) and isinstance(callee.node, n.Function):
                yield self._project.reader.stray(Written(callee.module, callee.node, callee.name))
            inner = next((each for each in value.node.arguments if isinstance(each, n.Call)), None)
            value = Definition(value.module, inner) if inner is not None else None

    def _located(self, where: Definition, node: n.Expression) -> Definition:
        """What an expression stands for where something is defined, or itself."""
        if isinstance(node, n.Name | n.Member):
            value = self._project.resolver.within(where, node)
            if isinstance(value, Definition):
                return value
        return Definition(where.module, node, knows=where.knows)
