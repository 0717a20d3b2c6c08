"""Calls in a loop over a list that is written down, as one call for each of its items."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

from scaffold.model.values import Definition
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project

    _Given: TypeAlias = dict[str, n.Expression]


class _Loop(msgspec.Struct, frozen=True, eq=False):
    """A stretch of the module, and what stands for each item of a list in it."""

    start: int
    end: int
    target: n.Expression
    head: n.Expression


def unrolled(project: Project, module: Module, calls: list[n.Call]) -> Iterator[n.Call]:
    """The calls, each in a loop over a list as often as that has items, with their parts put in."""
    loops = list(_loops(module)) if calls else []
    for call in calls:
        around = [loop for loop in loops if loop.start <= call.start and call.end <= loop.end]
        items = _items(project, module, around[-1].head) if around else None
        if items is None:
            yield call
            continue
        for item in items:
            yield _filled_call(call, dict(_bound(around[-1].target, item)))


def _loops(module: Module) -> Iterator[_Loop]:
    """`for (const route of routes)`, `routes.forEach((route) => …)`, outermost first."""
    for node in walk_all(module.body):
        match node:
            case n.Loop(kind="of", target=target, head=head) if target is not None and head is not None:
                yield _Loop(node.start, node.end, target, head)
            case n.Call(
                callee=n.Member(object=head, property="forEach"),
                arguments=(n.Function(parameters=(n.Parameter(pattern=target), *_)) as each, *_),
            ):
                yield _Loop(each.start, each.end, target, head)


def _items(project: Project, module: Module, head: n.Expression) -> tuple[n.Expression, ...] | None:
    """The items of a list that the module writes down; None if not all of them are in view."""
    if not isinstance(head, n.Array):
        value = project.resolver.evaluate(module, head)
        if not isinstance(value, Definition) or value.module is not module:
            return None
        head = value.node  # type: ignore[assignment]
    if not isinstance(head, n.Array) or any(isinstance(item, n.Spread) for item in head.items):
        return None
    return head.items


def _bound(target: n.Expression, item: n.Expression) -> Iterator[tuple[str, n.Expression]]:
    """The names of a pattern, and the parts of an item that they stand for."""
    match target, item:
        case n.Name(name=name), _:
            yield name, item
        case n.Object(properties=wanted), n.Object():
            for part in wanted:
                found = _part(item, part.key)
                if found is not None:
                    yield from _bound(part.value, found)
        case n.Array(items=names), n.Array(items=parts):
            for one, other in zip(names, parts, strict=False):
                yield from _bound(one, other)


def _part(item: n.Object, key: str | None) -> n.Expression | None:
    return next((part.value for part in item.properties if key is not None and part.key == key), None)


def _filled_call(call: n.Call, given: _Given) -> n.Call:
    return replace(call, arguments=tuple(_filled(each, given) for each in call.arguments))


def _filled(node: n.Expression, given: _Given) -> n.Expression:
    """An expression with the parts of an item in the places of their names."""
    match node:
        case n.Name(name=name):
            return given.get(name, node)
        case n.Member(object=inner, property=name):
            whole = _filled(inner, given)
            found = _part(whole, name) if isinstance(whole, n.Object) else None
            return found or node
        case n.Object(properties=properties):
            parts = (replace(part, value=_filled(part.value, given)) for part in properties)
            return replace(node, properties=tuple(parts))
        case n.Call():
            return _filled_call(node, given)
    return node
