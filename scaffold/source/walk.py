"""Walking over nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def parts(node: n.Node) -> Iterator[n.Node]:
    """The nodes directly inside of a node, in the order of its fields."""
    for name in node.__struct_fields__[2:]:
        value = getattr(node, name)
        if isinstance(value, n.Node):
            yield value
        elif type(value) is tuple:
            yield from (part for part in value if isinstance(part, n.Node))


def walk(node: n.Node) -> Iterator[n.Node]:
    """A node and all nodes inside of it, outer ones first."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(parts(current))))


def walk_all(body: tuple[n.Statement, ...]) -> Iterator[n.Node]:
    """All nodes of some statements."""
    for statement in body:
        yield from walk(statement)


def walk_own(body: Iterable[n.Node]) -> Iterator[n.Node]:
    """All nodes of some statements, without what stands in functions among them."""
    pending = list(reversed(list(body)))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, n.Function):
            pending.extend(reversed(list(parts(node))))
