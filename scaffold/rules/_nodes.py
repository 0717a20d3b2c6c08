"""Looking into expressions: everything below a node, and what stands behind a name at the top of a module."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from scaffold.model.values import Computed
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all, walk_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scaffold.model.body import Body
    from scaffold.model.module import Module

_N = TypeVar("_N", bound=n.Node)

LOGGERS = frozenset(
    {"log", "info", "warn", "error", "debug", "trace", "captureException", "captureMessage"}
)  # the last names of calls that only tell
EQUALITIES = frozenset({"==", "===", "!=", "!=="})
_HOPS = 10


def walk(*roots: n.Node | None) -> Iterator[n.Node]:
    """The nodes and everything below them, functions included."""
    return walk_all(root for root in roots if root is not None)


def nodes_of(body: Body, kind: type[_N]) -> Sequence[_N]:
    """The nodes of one type in a function, those of functions in it too, outer ones first."""
    return _by_type(body).get(kind, ())


@lru_cache(maxsize=1024)
def _by_type(body: Body) -> dict[type, list[Any]]:
    found: dict[type, list[Any]] = {}
    for node in walk(body.function):
        found.setdefault(type(node), []).append(node)
    return found


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
        beside, node = _rests(body).get(node.name, (frozenset(), None))
        named |= beside
    return named


@lru_cache(maxsize=1024)
def _rests(body: Body) -> dict[str, tuple[frozenset[str], n.Expression | None]]:
    """By the name of a rest: what is named beside it, and what it is the rest of, if that is a variable's."""
    found: dict[str, tuple[frozenset[str], n.Expression | None]] = {}
    givers: list[n.Declare | n.Parameter] = [*nodes_of(body, n.Declare), *nodes_of(body, n.Parameter)]
    for giver in sorted(givers, key=lambda each: each.start):
        match giver:
            case n.Declare(target=n.Object(properties=parts), value=whole):
                pass
            case n.Parameter(pattern=n.Object(properties=parts)):
                whole = None
            case _:
                continue
        named = frozenset(part.key for part in parts if part.key)
        for part in parts:
            if part.kind == "spread" and isinstance(part.value, n.Name):
                found.setdefault(part.value.name, (named, whole))
    return found


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


def written(node: n.Expression | None, body: Body) -> n.Expression | None:
    """The expression itself, or the one that a variable stands for."""
    value = body.value(node)
    return value.node if isinstance(value, Computed) else node


def arms(node: n.Expression) -> Iterator[n.Expression]:
    """What an expression may give: both sides of `job ? job.state : null`, or itself."""
    if isinstance(node, n.Conditional):
        yield from arms(node.then)
        yield from arms(node.other)
    else:
        yield node


def shown(module: Module, node: n.Expression | None) -> n.Expression | None:
    """The expression itself, or what a name in it stands for at the top of its module."""
    for _ in range(_HOPS):
        found = module.top.get(node.name) if isinstance(node, n.Name) else None
        if found is None or isinstance(found, n.Class):
            return node
        node = found
    return node
