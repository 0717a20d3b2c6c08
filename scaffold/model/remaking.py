"""Functions of the project that make options of those they are given: `({ args }) => ({ args, … })`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import names
from scaffold.model.options import part_of
from scaffold.model.scopes import pattern_paths
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARED = {"args", "returns"}


def returned(body: tuple[n.Statement, ...]) -> Iterator[n.Expression]:
    """What a function gives, at its own level and in the arms of its conditions."""
    for statement in body:
        match statement:
            case n.Return(value=value) if value is not None:
                yield value
            case n.If(then=then, other=other):
                yield from returned((*then, *other))
            case n.Block(body=inner):
                yield from returned(inner)
            case _:
                pass


def remade(maker: n.Function) -> n.Expression | None:
    """The options that a function gives: those that it is given, or others whose handler runs theirs."""
    if not maker.parameters:
        return None
    pattern = maker.parameters[0].pattern
    for given in returned(maker.body):
        found = names.declared_in(maker, given)
        handler = part_of(found, "handler")
        if handler is not None and names.mentions(handler.value, (pattern,)):
            return found
        if len(maker.body) == 1 and isinstance(found, n.Name) and _stands_for(pattern, found, ()):
            return found
    return None


def hands_on(maker: n.Function, options: n.Expression) -> bool:
    """Whether options in a function declare what those do that it is given, with another handler perhaps."""
    if not maker.parameters:
        return False
    pattern, found = maker.parameters[0].pattern, names.declared_in(maker, options)
    if not isinstance(found, n.Object):
        return _stands_for(pattern, found, ())
    own = {part.key: part.value for part in found.properties if part.kind != "spread" and part.key}
    spread = [part.value for part in found.properties if part.kind == "spread"]
    if not any(_stands_for(pattern, each, ()) for each in spread) and not own.keys() >= _DECLARED:
        return False
    return all(_stands_for(pattern, own[key], (key,)) for key in own.keys() & _DECLARED)


def _stands_for(pattern: n.Expression, node: n.Expression, way: tuple[str, ...]) -> bool:
    """Whether an expression is what stands at a way into the parameter that a pattern takes apart."""
    match node:
        case n.Name(name=name):
            return any(bound == name and path == way for bound, path, _ in pattern_paths(pattern))
        case n.Member(object=inner, property=name) if way and name == way[-1]:
            return _stands_for(pattern, inner, way[:-1])
    return False
