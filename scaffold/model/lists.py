"""Lists that are written down, item by item: `...STATUSES.map((status) => v.literal(status))`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scaffold.model.names import bound
from scaffold.model.unrolling import parts_of
from scaffold.model.values import Definition, Literal
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.resolving import Resolver
    from scaffold.model.values import Value

Bound: TypeAlias = "dict[str, Item]"
"""The names of parameters, and what stands for each."""

Item: TypeAlias = "tuple[Module, n.Expression, Bound]"
"""An expression, where it stands, and what the names of parameters in it stand for."""

_DEPTH = 20
_MOST = 1000
_ITEM = "(item)"  # a name that no code can have


def items(resolver: Resolver, whole: Item, depth: int = 0) -> list[Item] | None:
    """The items of a list; None if not all of them are in view."""
    module, node, names = whole
    if depth > _DEPTH:
        return None
    match node:
        case n.Name(name=name) if name in names:
            return items(resolver, names[name], depth + 1)
        case n.Array(items=parts):
            return _joined(resolver, whole, parts, depth)
        case n.Call(
            callee=n.Member(object=n.Name(name="Object"), property="keys" | "values" | "entries" as which),
            arguments=(inner,),
        ):
            return _of_object(resolver, (module, inner, names), which, depth)
        case n.Call(callee=n.Member(object=inner, property="map"), arguments=(each, *_)):
            found = items(resolver, (module, inner, names), depth + 1)
            return [_applied(module, each, names, item) for item in found] if found is not None else None
        case n.Name() | n.Member():
            behind = resolver.evaluate(module, node)
            if isinstance(behind, Definition) and isinstance(behind.node, n.Array | n.Call | n.Name):
                return items(resolver, (behind.module, behind.node, {}), depth + 1)
    return None


def _joined(
    resolver: Resolver, whole: Item, parts: tuple[n.Expression, ...], depth: int
) -> list[Item] | None:
    module, _, names = whole
    found: list[Item] = []
    for part in parts:
        if not isinstance(part, n.Spread):
            found.append((module, part, names))
        elif (inner := items(resolver, (module, part.value, names), depth + 1)) is not None:
            found += inner
        else:
            return None
    return found if len(found) <= _MOST else None


def _of_object(resolver: Resolver, whole: Item, which: str, depth: int) -> list[Item] | None:
    module, node, names = whole
    match node:
        case n.Object():
            parts = parts_of(node, which)
            return [(module, part, names) for part in parts] if parts is not None else None
        case n.Name(name=name) if name in names:
            return _of_object(resolver, names[name], which, depth + 1) if depth <= _DEPTH else None
    behind = resolver.evaluate(module, node)
    if isinstance(behind, Definition) and isinstance(behind.node, n.Object):
        return _of_object(resolver, (behind.module, behind.node, {}), which, depth + 1)
    return None


def _applied(module: Module, each: n.Expression, names: Bound, item: Item) -> Item:
    """What a function makes of an item."""
    match each:
        case n.Function(parameters=(parameter, *_), body=(n.Return(value=made),)) if made is not None:
            return module, made, names | _bound(parameter.pattern, item)
    call = n.Call(each.start, each.end, each, (n.Name(each.start, each.end, _ITEM),))
    return module, call, names | {_ITEM: item}


def _bound(pattern: n.Expression, item: Item) -> Bound:
    """What stands for the names of a pattern."""
    module, node, names = item
    if isinstance(pattern, n.Array) and isinstance(node, n.Array):
        pairs = zip(pattern.items, node.items, strict=False)
        return {
            name: part for each, inner in pairs for name, part in _bound(each, (module, inner, names)).items()
        }
    whole = n.Name(pattern.start, pattern.end, _ITEM)
    return {name: (module, way, {_ITEM: item}) for name, way in bound(pattern, whole)}


def text(resolver: Resolver, item: Item) -> str | None:
    """The string that an expression stands for, if it is one."""
    found = value(resolver, item)
    return found.value if isinstance(found, Literal) and isinstance(found.value, str) else None


def value(resolver: Resolver, item: Item, depth: int = 0) -> Value:
    """What an expression stands for, names of parameters followed."""
    module, node, names = item
    if names and depth < _DEPTH:
        match node:
            case n.Name(name=name) if name in names:
                return value(resolver, names[name], depth + 1)
            case n.Member(object=inner, property=name):
                return resolver.member(value(resolver, (module, inner, names), depth + 1), name)
    return resolver.evaluate(module, node)
