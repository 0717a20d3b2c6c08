"""Walking over nodes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

import msgspec

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@cache
def _holders(kind: type[n.Node]) -> tuple[tuple[str, bool], ...]:
    """The fields of a type of node that hold nodes, and whether each holds several."""
    held = ((field.name, _held(field.type)) for field in msgspec.structs.fields(kind))
    return tuple((name, several) for name, several in held if several is not None)


def _held(annotation: Any) -> bool | None:
    """Whether a field holds several nodes; None if it holds none."""
    several = get_origin(annotation) is tuple
    inner = get_args(annotation)[0] if several else annotation
    members = get_args(inner) or (inner,)
    return several if any(isinstance(each, type) and issubclass(each, n.Node) for each in members) else None


def parts(node: n.Node) -> list[n.Node]:
    """The nodes directly inside of a node, in the order of its fields."""
    found: list[n.Node] = []
    for name, several in _holders(type(node)):
        value = getattr(node, name)
        if several:
            found += value
        elif value is not None:
            found.append(value)
    return found


def holds(outer: n.Node, inner: n.Node) -> bool:
    """Whether a node stands inside of another one, or where that one stands."""
    return outer.start <= inner.start and inner.end <= outer.end


def operands(node: n.Expression, operator: str) -> Iterator[n.Expression]:
    """What an operator joins, however many: `a`, `b` and `c` of `a && b && c`."""
    pending = [node]
    while pending:
        match pending.pop():
            case n.Binary(operator=found, left=left, right=right) if found == operator:
                pending += (right, left)
            case operand:
                yield operand


def walk(node: n.Node) -> Iterator[n.Node]:
    """A node and all nodes inside of it, outer ones first."""
    return walk_all((node,))


def walk_all(roots: Iterable[n.Node]) -> Iterator[n.Node]:
    """Some nodes, each with all nodes inside of it."""
    pending = list(roots)[::-1]
    while pending:
        node = pending.pop()
        yield node
        pending += parts(node)[::-1]


def walk_own(body: Iterable[n.Node], closed: tuple[type[n.Node], ...] = (n.Function,)) -> Iterator[n.Node]:
    """All nodes of some statements, without what stands in functions, or in what else is `closed`."""
    pending = list(body)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, closed):
            pending += parts(node)[::-1]
