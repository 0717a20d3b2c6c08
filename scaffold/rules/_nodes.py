"""Looking into expressions: everything below a node, and what stands behind a name at the top of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.values import Computed
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all, walk_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module

LOGGERS = frozenset(
    {"log", "info", "warn", "error", "debug", "trace", "captureException", "captureMessage"}
)  # the last names of calls that only tell
EQUALITIES = frozenset({"==", "===", "!=", "!=="})
_HOPS = 10


def walk(*roots: n.Node | None) -> Iterator[n.Node]:
    """The nodes and everything below them, functions included."""
    return walk_all(root for root in roots if root is not None)


def is_left(loop: n.Node) -> bool:
    """Whether a loop can end before its last round; a function that is called for each cannot."""
    return isinstance(loop, n.Loop) and any(
        isinstance(node, n.Return | n.Throw) or (isinstance(node, n.Leave) and node.kind == "break")
        for node in walk_own(loop.body)
    )


def left_out(node: n.Expression | None, body: Body) -> frozenset[str]:
    """What a variable that takes the rest of an object does not have: `const { email, ...rest } = args`."""
    named: frozenset[str] = frozenset()
    seen: set[str] = set()
    while isinstance(node, n.Name) and node.name not in seen:  # `var { id, ...args } = args` leads to itself
        seen.add(node.name)
        beside, node = _beside_rest(node.name, body)
        named |= beside
    return named


def _beside_rest(name: str, body: Body) -> tuple[frozenset[str], n.Expression | None]:
    """What is named beside a rest, and what it is the rest of, if that is a variable's value."""
    for part in walk(body.function):
        pattern = part.target if isinstance(part, n.Declare) else None
        pattern = part.pattern if isinstance(part, n.Parameter) else pattern
        if isinstance(pattern, n.Object) and any(_is_rest(each, name) for each in pattern.properties):
            named = frozenset(each.key for each in pattern.properties if each.key)
            return named, part.value if isinstance(part, n.Declare) else None
    return frozenset(), None


def _is_rest(part: n.Property, name: str) -> bool:
    return part.kind == "spread" and isinstance(part.value, n.Name) and part.value.name == name


def throws(*roots: n.Node) -> bool:
    """Whether an error is thrown anywhere in nodes."""
    return any(isinstance(node, n.Throw) for node in walk(*roots))


def spelled(nodes: Iterable[n.Node]) -> Iterator[str]:
    """The words written in nodes: names, properties, keys and strings."""
    for node in nodes:
        match node:
            case (
                n.Name(name=word) | n.Member(property=word) | n.String(value=word) | n.Property(key=str(word))
            ):
                yield word
            case _:
                pass


def followed(body: Body, *roots: n.Expression | None) -> Iterator[n.Node]:
    """The nodes of expressions, and of the variables that they name."""
    seen: set[tuple[int, int]] = set()
    waiting = [(root, 0) for root in roots if root is not None]
    while waiting:
        root, hops = waiting.pop()
        if (root.start, root.end) in seen:
            continue
        seen.add((root.start, root.end))
        for node in walk(root):
            yield node
            if isinstance(node, n.Name) and hops < _HOPS:
                value = body.value(node)
                if isinstance(value, Computed):
                    waiting.append((value.node, hops + 1))


def shown(module: Module, node: n.Expression | None) -> n.Expression | None:
    """The expression itself, or what a name in it stands for at the top of its module."""
    for _ in range(_HOPS):
        found = module.top.get(node.name) if isinstance(node, n.Name) else None
        if found is None or isinstance(found, n.Class):
            return node
        node = found
    return node
