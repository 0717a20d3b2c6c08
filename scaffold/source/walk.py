"""Walking over nodes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCALARS = (int, float, str, bool, type(None))


@cache
def _holders(kind: type[n.Node]) -> tuple[str, ...]:
    """The fields of a type of node that can hold nodes."""
    fields = msgspec.structs.fields(kind)[2:]  # after start and end
    return tuple(field.name for field in fields if not _is_scalar(field.type))


def _is_scalar(annotation: object) -> bool:
    members = getattr(annotation, "__args__", (annotation,))
    return all(member in _SCALARS for member in members)


def parts(node: n.Node) -> list[n.Node]:
    """The nodes directly inside of a node, in the order of its fields."""
    found: list[n.Node] = []
    for name in _holders(type(node)):
        value = getattr(node, name)
        if type(value) is tuple:
            found += [part for part in value if isinstance(part, n.Node)]
        elif isinstance(value, n.Node):
            found.append(value)
    return found


def walk(node: n.Node) -> Iterator[n.Node]:
    """A node and all nodes inside of it, outer ones first."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += parts(current)[::-1]


def walk_all(body: tuple[n.Statement, ...]) -> Iterator[n.Node]:
    """All nodes of some statements."""
    for statement in body:
        yield from walk(statement)


def walk_own(body: Iterable[n.Node]) -> Iterator[n.Node]:
    """All nodes of some statements, without what stands in functions among them."""
    pending = list(body)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, n.Function):
            pending += parts(node)[::-1]
