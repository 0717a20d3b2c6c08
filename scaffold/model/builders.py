"""Builders followed to their base: `authedQuery` is a public query that runs code of its own first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.core.patterns import regex
from scaffold.model import names, remaking
from scaffold.model.body import Written
from scaffold.model.calls import function_in
from scaffold.model.function import Builder, Kind
from scaffold.model.options import part_of
from scaffold.model.validators import Validator
from scaffold.model.values import Argument, Context, Definition, External, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.values import Value

# What Convex itself registers functions with: their kind, and whether clients may call them.
BASES = {
    "query": (Kind.QUERY, True),
    "internalQuery": (Kind.QUERY, False),
    "mutation": (Kind.MUTATION, True),
    "internalMutation": (Kind.MUTATION, False),
    "action": (Kind.ACTION, True),
    "internalAction": (Kind.ACTION, False),
    "httpAction": (Kind.HTTP, True),
}
_GENERIC = {f"{name}Generic": base for name, base in BASES.items()}
_FACTORY = regex(r"^(?:z?(?:od)?4?[cC]ustom|z(?=\w+Builder$))(Query|Mutation|Action)(?:Builder)?$")
_LOOKS = regex(r"^(?P<internal>.*internal.*?|.*?)(?P<kind>query|mutation|action)$", re.IGNORECASE)
_CUSTOM_CONTEXT = External("convex-helpers/server/customFunctions", ("customCtx",))
_DEPTH = 12


class BuilderReader:
    """Finds out what the callee of a registration is; `hints` are the names the configuration explains."""

    def __init__(self, project: Project, hints: Mapping[str, tuple[Kind, bool]]) -> None:
        self._project = project
        self._hints = hints
        self._known: dict[tuple[str, int, int], Builder | None] = {}

    @property
    def explained(self) -> Mapping[str, tuple[Kind, bool]]:
        """What the configuration says of builders: kind, and whether clients may call what they build."""
        return self._hints

    def read(self, module: Module, callee: n.Expression) -> Builder | None:
        """The builder that a callee is; None if it is none."""
        return self.meant(self._project.resolver.evaluate(module, callee), callee)

    def meant(self, value: Value, callee: n.Expression) -> Builder | None:
        """The builder that a callee is which stands for a value."""
        name = _last_name(callee)
        builder = self.of(value, name)
        if builder is not None and builder.names[:1] != (name,):
            builder = replace(builder, names=(name, *builder.names))
        if name in self._hints and (builder is None or not builder.resolved):
            kind, public = self._hints[name]
            return Builder(kind=kind, public=public, names=(name,), custom=True)
        return builder

    def of(self, value: Value, name: str, depth: int = 0) -> Builder | None:
        """The builder that a value is. Name alone speaks only for what cannot be seen."""
        if depth > _DEPTH:
            return None
        match value:
            case External("_generated/server", (base,)) if base in BASES:
                return _raw(base, *BASES[base])
            case External("convex/server", (base,)) if base in _GENERIC:
                return _raw(base, *_GENERIC[base])
            case External() | Unknown():
                return _guess(name)
            case Definition(_, n.Call() | n.Function()):
                return self._definition(value, depth)
            case Definition(module, n.Conditional() as node):
                return self._chosen(module, node, depth)
        return None

    def _chosen(self, module: Module, node: n.Conditional, depth: int) -> Builder | None:
        """One of two builders: `isOpen ? mutation : internalMutation` may be public."""
        arms = [
            self.of(self._project.resolver.evaluate(module, arm), _last_name(arm), depth + 1)
            for arm in (node.then, node.other)
        ]
        found = [arm for arm in arms if arm is not None]
        if len(found) != len(arms):
            return None
        most = max(found, key=lambda arm: arm.public)
        return replace(most, condition=Definition(module, node.test), raw=False)

    def _definition(self, value: Definition, depth: int) -> Builder | None:
        key = (value.module.path, value.node.start, value.node.end)
        if key not in self._known:
            self._known[key] = None  # a builder is not made of itself
            if isinstance(value.node, n.Call):
                self._known[key] = self._made(value.module, value.node, value.name, depth)
            elif isinstance(value.node, n.Function):
                self._known[key] = self._wrapper(value.module, value.node, value.name, depth)
        return self._known[key]

    def _made(self, module: Module, node: n.Call, name: str, depth: int) -> Builder | None:
        """`customQuery(base, …)`, or another call that is given a builder."""
        resolver = self._project.resolver
        callee = _last_name(node.callee)
        for argument in node.arguments:
            base = self.of(resolver.evaluate(module, argument), _last_name(argument), depth + 1)
            if base is not None and (base.resolved or _FACTORY.match(callee)):
                break
        else:
            return self._fluent(module, node, name, depth)
        custom = replace(base, names=(name or callee, *base.names), custom=True, raw=False)
        others = [part for part in node.arguments if part is not argument]
        if _FACTORY.match(callee):
            return self._customized(custom, module, others)
        maker = resolver.evaluate(module, node.callee)
        customizing = _customizing(maker, node.arguments.index(argument))
        if isinstance(maker, Definition) and customizing:
            return self._customized(custom, maker.module, customizing)
        inputs = (*custom.inputs, *self._wrapping(module, node))
        return replace(custom, inputs=inputs, adds=None, takes_options=False)

    def _wrapping(self, module: Module, node: n.Call) -> Iterator[Body]:
        """The bodies of a wrapper of the project: `withUser(query)`."""
        value = self._project.resolver.evaluate(module, node.callee)
        if isinstance(value, Definition) and isinstance(value.node, n.Function):
            yield self._project.reader.stray(Written(value.module, value.node, value.name))
        for argument in node.arguments:
            if isinstance(argument, n.Function):
                yield self._project.reader.stray(Written(module, argument, _last_name(node.callee)))

    def _fluent(self, module: Module, node: n.Call, name: str, depth: int) -> Builder | None:
        """What a call without a builder gives: one that a function of the project returns, or a guess."""
        value = self._project.resolver.evaluate(module, node.callee)
        if isinstance(value, Definition) and isinstance(value.node, n.Function):
            return self._returned_by(value, value.node, depth)
        return _guess(name) if isinstance(value, External) else None

    def _returned_by(self, definition: Definition, function: n.Function, depth: int) -> Builder | None:
        """The builder that a function makes: `openQuery("why")` of `() => customQuery(query, …)`."""
        for returned in remaking.returned(function.body):
            builder = self._in(definition.module, function, returned, depth)
            if builder is not None and builder.resolved:
                return replace(builder, names=(definition.name, *builder.names), custom=True, raw=False)
        return None

    def _in(self, module: Module, function: n.Function, node: n.Expression, depth: int) -> Builder | None:
        """The builder that an expression in a function is, also by a name of the function's own."""
        if isinstance(node, n.Name) and any(
            node.name in names.bound_in(parameter.pattern) for parameter in function.parameters
        ):
            return None
        standing = names.declared_in(function, node)
        value = self._project.resolver.evaluate(module, standing)
        if isinstance(value, Definition) and value.node is standing and standing is not node:
            value = replace(value, name=_last_name(node))
        return self.of(value, _last_name(node), depth + 1)

    def _customized(self, builder: Builder, module: Module, options: Iterable[n.Expression]) -> Builder:
        inputs: list[Body] = list(builder.inputs)
        arguments = builder.arguments
        hidden = False
        for option in options:
            found = list(self._customizations(module, option))
            runs = any(isinstance(node, n.Function) for _, node in found)
            hidden = hidden or not (runs or self._is_nothing(module, option))
            for where, node in found:
                if isinstance(node, n.Function):
                    written = Written(where, node, builder.names[0])
                    inputs.append(self._project.reader.stray(written, context_first=True))
            arguments = _both(arguments, self._taken(module, option))
        adds = builder.adds
        for body in inputs[len(builder.inputs) :]:
            keys = _added(body)
            adds = adds | keys if adds is not None and keys is not None else None
        adds = None if hidden else adds
        return replace(builder, inputs=tuple(inputs), arguments=arguments, adds=adds, takes_options=True)

    def _taken(self, module: Module, option: n.Expression, depth: int = 0) -> Validator | None:
        """The arguments that a customization takes for itself, None where it takes none."""
        value = self._project.resolver.evaluate(module, option)
        match value:
            case External(path=(*_, "NoOp")) | Definition(node=n.Function()):
                return None
            case Definition(where, n.Object() as literal):
                part = part_of(literal, "args")
                if part is not None:
                    taken = self._project.validators.read(where, part.value)
                    return None if taken.complete and taken.kind == "object" and not taken.fields else taken
                if all(part.kind != "spread" for part in literal.properties):
                    return None
            case Definition(where, n.Call(callee=callee, arguments=(inner, *_))) if depth < _DEPTH:
                if self._project.resolver.evaluate(where, callee) == _CUSTOM_CONTEXT:
                    return None
                return self._taken(where, inner, depth + 1)
        return Validator(kind="unknown", reason="the builder takes arguments of its own", complete=False)

    def _is_nothing(self, module: Module, option: n.Expression) -> bool:
        """Whether a customization is known to run nothing: `NoOp`, or an object without `input`."""
        match self._project.resolver.evaluate(module, option):
            case External(path=(*_, "NoOp")):
                return True
            case Definition(node=n.Object(properties=properties)):
                return not any(part.kind == "spread" or part.key == "input" for part in properties)
        return False

    def _customizations(
        self, module: Module, option: n.Expression
    ) -> Iterator[tuple[Module, n.Expression | n.Class]]:
        """The `input` function of a customization, or the function of `customCtx`."""
        value = self._made_by(self._project.resolver.evaluate(module, option))
        if not isinstance(value, Definition):
            return
        match value.node:
            case n.Object(properties=properties):
                for part in properties:
                    if part.kind == "spread":
                        yield from self._customizations(value.module, part.value)
                    elif part.key == "input":
                        inner = self._made_by(self._project.resolver.evaluate(value.module, part.value))
                        if isinstance(inner, Definition):
                            yield inner.module, function_in(inner) or inner.node
            case n.Call(arguments=arguments):
                for argument in arguments:
                    yield from self._customizations(value.module, argument)
            case n.Function():
                yield value.module, value.node

    def _made_by(self, value: Value) -> Value:
        """What a function of the project makes: `scoped(options)` of `() => async (ctx, args) => …`."""
        if not isinstance(value, Definition) or not isinstance(value.node, n.Call):
            return value
        maker = self._project.resolver.evaluate(value.module, value.node.callee)
        if isinstance(maker, Definition) and isinstance(maker.node, n.Function):
            for returned in remaking.returned(maker.node.body):
                if isinstance(returned, n.Function | n.Object):
                    return replace(maker, node=returned)
        return value

    def _wrapper(self, module: Module, node: n.Function, name: str, depth: int) -> Builder | None:
        """A function of the project that registers what it is given: `(def) => mutation({ … })`."""
        for returned in remaking.returned(node.body):
            call = names.declared_in(node, returned)
            if not isinstance(call, n.Call):
                continue
            base = self._in(module, node, call.callee, depth)
            if base is not None and base.resolved:
                inputs = (*base.inputs, self._around(module, node, name, call, base.kind))
                called = (name, *base.names)
                wrapper = replace(base, names=called, custom=True, raw=False, inputs=inputs, adds=None)
                handed = bool(call.arguments) and remaking.hands_on(node, call.arguments[0])
                return replace(wrapper, takes_options=base.takes_options and handed)
        return None

    def remade(self, builder: Builder, makers: Iterable[Definition]) -> Builder:
        """A builder that is given what functions of the project make of options: `query(observed({ … }))`."""
        for maker in makers:
            if not isinstance(maker.node, n.Function) or (options := remaking.remade(maker.node)) is None:
                continue
            handed = remaking.hands_on(maker.node, options)
            inputs = builder.inputs
            if isinstance(options, n.Object):
                inputs = (*inputs, self._project.reader.stray(Written(maker.module, maker.node, maker.name)))
            builder = replace(builder, inputs=inputs, takes_options=builder.takes_options and handed)
            builder = replace(builder, adds=None) if isinstance(options, n.Object) else builder
        return builder

    def _around(self, module: Module, node: n.Function, name: str, call: n.Call, kind: Kind) -> Body:
        """What a wrapper runs: for routes the handler that it writes around the one it is given."""
        written = call.arguments[0] if kind is Kind.HTTP and call.arguments else None
        if not isinstance(written, n.Function):
            return self._project.reader.stray(Written(module, node, name))
        return self._project.reader.handler(Written(module, written, name), Argument(("request",)), _nothing)


def _customizing(maker: Value, place: int) -> tuple[n.Expression, ...]:
    """What a function of the project customizes the builder with that it is given at a place.

    For example: `(builder) => customQuery(builder, …)`.
    """
    if not isinstance(maker, Definition) or not isinstance(maker.node, n.Function):
        return ()
    pattern = maker.node.parameters[place].pattern if place < len(maker.node.parameters) else None
    for returned in remaking.returned(maker.node.body):
        match returned:
            case n.Call(callee=callee, arguments=(n.Name(name=name), *rest)) if _FACTORY.match(
                _last_name(callee)
            ):
                if isinstance(pattern, n.Name) and pattern.name == name:
                    return tuple(rest)
    return ()


def _both(first: Validator | None, second: Validator | None) -> Validator | None:
    """What two customizations take together."""
    if first is None or second is None:
        return first or second
    return first.joined(second) if second.kind == "object" else second


def _nothing() -> None:
    """What a route's handler declares of its arguments."""


def looks_registered(node: n.Call) -> bool:
    """Whether a call has the shape of a registration: options with a handler, or a function."""
    for argument in node.arguments[:2]:
        if isinstance(argument, n.Function):
            return True
        if isinstance(argument, n.Object) and any(part.key == "handler" for part in argument.properties):
            return True
    return False


def _raw(name: str, kind: Kind, public: bool) -> Builder:  # noqa: FBT001 - a row of the table above
    return Builder(kind=kind, public=public, names=(name,), raw=True)


def _guess(name: str) -> Builder | None:
    match = _LOOKS.match(name)
    if match is None:
        return None
    public = "internal" not in name.lower()
    kind = Kind(match["kind"].lower())
    return Builder(
        kind=kind, public=public, names=(name,), custom=True, resolved=False, adds=None, takes_options=False
    )


def _added(body: Body) -> frozenset[str] | None:
    """The keys that an input function puts on the context: those of `ctx` in what it returns."""
    found: set[str] = set()
    for returned in body.returns():
        if not isinstance(returned, n.Object):
            return None
        context = next((part.value for part in returned.properties if part.key == "ctx"), None)
        if context is not None and body.value(context) == Context():
            continue  # the context as it came
        literal = context if isinstance(context, n.Object) else returned if context is None else None
        if literal is None or any(part.kind == "computed" for part in literal.properties):
            return None
        found |= {part.key for part in literal.properties if part.key}
    return frozenset(found)


def _last_name(node: n.Expression) -> str:
    match node:
        case n.Name(name=name) | n.Member(property=name):
            return name
        case n.Call(callee=callee):
            return _last_name(callee)
    return ""
