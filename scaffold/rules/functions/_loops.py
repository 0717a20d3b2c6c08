"""What a loop goes over, and what in it depends on that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.steps import LoopFrame

_ROUNDS = 5  # of following variables made from variables


def bound(frame: LoopFrame) -> frozenset[str]:
    """The names that hold one element, or its number: `for (const x of xs)`, `xs.map((x) => …)`."""
    if isinstance(frame.node, n.Loop):
        patterns: list[n.Node] = [frame.node.target] if frame.node.target is not None else []
        patterns += [part.target for part in frame.node.before if isinstance(part, n.Declare)]
    else:
        callbacks = [each for each in frame.node.arguments if isinstance(each, n.Function)]
        patterns = [parameter.pattern for callback in callbacks for parameter in callback.parameters]
    return frozenset(name for pattern in patterns for name in names(pattern))


def statements(frame: LoopFrame) -> tuple[n.Node, ...]:
    """What runs once an element."""
    return frame.node.body if isinstance(frame.node, n.Loop) else frame.node.arguments


def depends(node: n.Node, seeds: frozenset[str], inside: Iterable[n.Node]) -> bool:
    """Whether an expression mentions one of the names, or a variable that is made from one inside."""
    tainted = set(seeds)
    declared = [part for root in inside for part in walk(root) if isinstance(part, n.Declare)]
    for _ in range(_ROUNDS):
        before = len(tainted)
        for part in declared:
            if part.value is not None and not tainted.isdisjoint(names(part.value)):
                tainted.update(names(part.target))
        if len(tainted) == before:
            break
    return not tainted.isdisjoint(names(node))


def names(node: n.Node) -> Iterator[str]:
    """The identifiers in an expression or pattern."""
    return (part.name for part in walk(node) if isinstance(part, n.Name))
