"""The names of a module: what it declares at its top level, and what it exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.core.text import address
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.source.module_facts import ModuleFacts


class Export(msgspec.Struct, frozen=True):
    """One exported name: a `local` name of the module, or the `imported` one of another module.

    `node` is where it is exported: the declarator's name, or the specifier's statement.
    """

    name: str
    node: n.Node
    local: str = ""
    specifier: str | None = None
    imported: str = ""


def called(call: n.Call) -> str:
    """The last name of what is called; "" where it has none."""
    match call.callee:
        case n.Name(name=name) | n.Member(property=name):
            return name
    return ""


def top_level(body: tuple[n.Statement, ...]) -> Iterator[tuple[str, n.Expression | n.Class]]:
    """The names declared at the top level, and the expressions they stand for."""
    for statement in body:
        match statement:
            case n.If():
                yield from _decided(body, statement)
            case n.Declare(target=target, value=value) if value is not None:
                yield from bound(target, value)
            case n.Define(function=function, default=default):
                if function.name:
                    yield function.name, function
                if default:
                    yield "default", function
            case n.Class(name=name):
                yield name, statement
            case n.ExportDefault(value=value):
                yield "default", value
            case _:
                pass


def _decided(body: tuple[n.Statement, ...], decision: n.If) -> Iterator[tuple[str, n.Expression]]:
    """What an `if` gives the names that were declared without a value, or as nothing."""
    unset = {
        each.target.name
        for each in body
        if isinstance(each, n.Declare) and _is_nothing(each.value) and isinstance(each.target, n.Name)
    }
    others = dict(_assigned(decision.other))
    nothing = n.Constant(decision.end, decision.end, None)
    for name, value in _assigned(decision.then):
        if name in unset:
            other = others.get(name, nothing)
            yield name, n.Conditional(decision.start, decision.end, decision.test, value, other)


def _is_nothing(value: n.Expression | None) -> bool:
    return value is None or (isinstance(value, n.Constant) and value.value in {None, "undefined"})


def _assigned(body: tuple[n.Statement, ...]) -> Iterator[tuple[str, n.Expression]]:
    """The names that a block assigns to."""
    for statement in body:
        match statement:
            case n.Do(value=n.Assign(target=n.Name(name=name), value=value, operator="=")):
                yield name, value
            case n.Block(body=inner):
                yield from _assigned(inner)
            case _:
                pass


def bound(pattern: n.Expression, value: n.Expression) -> Iterator[tuple[str, n.Expression]]:
    """The names of a pattern, each with the way into the value, as an expression."""
    match pattern:
        case n.Name(name=name):
            yield name, value
        case n.Object(properties=properties):
            for part in properties:
                if part.key is not None:
                    yield from bound(part.value, n.Member(value.start, value.end, value, part.key))
        case n.Array(items=items):
            for item in items:
                yield from bound(item, n.Subscript(value.start, value.end, value, value))
        case n.Assign(target=target):
            yield from bound(target, value)
        case _:
            pass


def exports(body: tuple[n.Statement, ...]) -> Iterator[Export]:
    """What a module exports; the name `*` stands for all of another module."""
    for statement in body:
        match statement:
            case n.Declare(exported=True, target=target):
                for name, node in _pattern_names(target):
                    yield Export(name, node, name)
            case n.Define(exported=True, function=function, default=default):
                name = "default" if default else function.name
                yield Export(name, _name_of(function), function.name or "default")
            case n.Class(exported=True, name=name):
                yield Export(name, statement, name)
            case n.ExportDefault(value=value):
                yield Export("default", statement, value.name if isinstance(value, n.Name) else "default")
            case n.ExportNames(names=names, specifier=specifier, type_only=False):
                for first, exported in names:
                    local = first if specifier is None else ""
                    yield Export(exported, statement, local, specifier, first if specifier else "")
            case _:
                pass


def declared_in(function: n.Function, node: n.Expression) -> n.Expression:
    """What a name stands for that a function declares for itself; anything else as it is."""
    if isinstance(node, n.Name):
        for statement in function.body:
            match statement:
                case n.Declare(target=n.Name(name=name), value=value) if (
                    name == node.name and value is not None
                ):
                    return value
                case n.Define(function=inner) if inner.name == node.name:
                    return inner
    return node


def declared_names(function: n.Function) -> set[str]:
    """The names that a function declares for itself, at its own level."""
    found: set[str] = set()
    for statement in function.body:
        match statement:
            case n.Declare(target=target):
                found |= bound_in(target)
            case n.Define(function=inner):
                found.add(inner.name)
    return found


def given_back(function: n.Function) -> n.Expression | None:
    """What a function gives at its end, if it ends with that."""
    match function.body:
        case (*_, n.Return(value=value)):
            return value
    return None


def item_of(listed: n.Array, place: float) -> n.Expression | None:
    """The item at a place of a list, where nothing is spread before it."""
    if not 0 <= place < len(listed.items) or place != int(place):
        return None
    before = listed.items[: int(place) + 1]
    return None if any(isinstance(each, n.Spread) for each in before) else before[-1]


def named_by(node: n.Call) -> tuple[str, ...]:
    """The address in `makeFunctionReference("messages:list")`; nothing for any other call."""
    match node:
        case n.Call(
            callee=n.Name(name="makeFunctionReference") | n.Member(property="makeFunctionReference"),
            arguments=(n.String(value=text),),
        ) if ":" in text:
            return address(text)
    return ()


def method_of(call: n.Call) -> str:
    """The method that a call names, or ""."""
    return call.callee.property if isinstance(call.callee, n.Member) else ""


def without_default(pattern: n.Expression) -> n.Expression:
    """What a parameter binds: `http` of `http = httpRouter()`."""
    return pattern.target if isinstance(pattern, n.Assign) else pattern


def bound_in(pattern: n.Expression) -> set[str]:
    """The names that a pattern binds."""
    return {name for name, _ in _pattern_names(pattern)}


def mentions(node: n.Node, patterns: Iterable[n.Expression]) -> bool:
    """Whether an expression holds one of the names that patterns bind."""
    bound_names = {name for pattern in patterns for name in bound_in(pattern)}
    return any(isinstance(part, n.Name) and part.name in bound_names for part in walk_all((node,)))


def imports(facts: ModuleFacts) -> dict[str, tuple[str, str]]:
    """Local name -> (specifier, imported name), for what is imported as a value."""
    return {
        local: (statement.specifier, imported)
        for statement in facts.links
        if isinstance(statement, n.Import) and not statement.type_only
        for imported, local in statement.names
    }


def specifiers(facts: ModuleFacts) -> Iterator[str]:
    """The modules that a module needs at run time, imported or required."""
    for statement in facts.links:
        if (
            isinstance(statement, n.Import | n.ExportNames)
            and statement.specifier
            and not statement.type_only
        ):
            yield statement.specifier
    yield from (specifier for _, specifier in facts.dynamic_imports)
    yield from facts.required


def _pattern_names(pattern: n.Expression) -> Iterator[tuple[str, n.Node]]:
    match pattern:
        case n.Name(name=name):
            yield name, pattern
        case n.Object(properties=properties):
            for part in properties:
                yield from _pattern_names(part.value)
        case n.Array(items=items):
            for item in items:
                yield from _pattern_names(item)
        case n.Assign(target=target):
            yield from _pattern_names(target)
        case n.Spread(value=value):
            yield from _pattern_names(value)
        case _:
            pass


def _name_of(function: n.Function) -> n.Node:
    """The name in `function name(`, near enough: the declaration's first line."""
    return n.Node(function.start, function.start + len("function ") + len(function.name))
