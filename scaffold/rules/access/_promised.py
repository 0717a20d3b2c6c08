"""Promises: what stands around one until it is waited for, handled or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.rules._nodes import LOGGERS, throws, walk
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GATHERS = {"all", "allSettled", "race", "any"}


def around(node: n.Node, way: tuple[n.Node, ...]) -> Iterator[tuple[n.Node, n.Node]]:
    """What stands around a promise as long as it is one, inside out, each with what is inside of it.

    `way` are the nodes around it, outermost first. The last pair tells what becomes of the promise; where
    `.then` goes on with something else than a log, that is the end.
    """
    child = node
    for place in range(len(way) - 1, -1, -1):
        parent, outer = way[place], way[place - 1] if place else None
        yield child, parent
        match parent:
            case n.Member(property="then" | "catch" | "finally") if isinstance(outer, n.Call):
                goes_on = all(map(_only_tells, outer.arguments))
            case n.Array():
                goes_on = gathers(outer)
            case n.Call(callee=callee):
                goes_on = child is callee or gathers(parent)
            case _:
                goes_on = False
        if not goes_on:
            return
        child = parent


def gathers(node: n.Node | None) -> bool:
    """`Promise.all(…)` and its like."""
    match node:
        case n.Call(callee=n.Member(object=n.Name(name="Promise"), property=name)):
            return name in _GATHERS
    return False


def forgets_error(child: n.Node, parent: n.Node) -> bool:
    """Whether `.catch(…)` takes the error of a promise and forgets it, or `Promise.allSettled` keeps it."""
    match parent:
        case n.Call(callee=n.Member(property="catch"), arguments=(handler, *_)) if child is parent.callee:
            return not throws(handler)
        case n.Call(callee=n.Member(property="allSettled")):
            return gathers(parent) and child is not parent.callee
    return False


def gives_instead(child: n.Node, parent: n.Node) -> bool:
    """Whether `.catch(…)` gives an object where a promise fails, so that its properties are there."""
    match parent:
        case n.Call(callee=n.Member(property="catch"), arguments=(n.Function(body=body), *_)) if (
            child is parent.callee
        ):
            return any(
                isinstance(part, n.Return) and isinstance(part.value, n.Object) for part in walk(*body)
            )
    return False


def only_logs(statements: Iterable[n.Node]) -> bool:
    """Whether statements do nothing but write to the log."""
    return all(is_log(statement) for statement in statements)


def is_log(statement: n.Node) -> bool:
    """Whether a statement, or an expression, does nothing but write to the log."""
    match statement:
        case n.Do(value=value) | n.Await(value=value) | n.Unary(operator="void", value=value):
            return is_log(value)
        case n.Call(callee=n.Member(property=name)):
            return name in LOGGERS
        case n.Block(body=body):
            return only_logs(body)
        case n.If(then=then, other=other):
            return only_logs((*then, *other))
    return False


def is_logger(handler: n.Expression) -> bool:
    """Whether what is given stands for a logger itself: `.then(console.log)`."""
    return isinstance(handler, n.Member) and handler.property in LOGGERS


def _only_tells(handler: n.Expression) -> bool:
    """Whether what handles a promise's end only writes to the log, or gives something in its place."""
    if not isinstance(handler, n.Function):
        return is_logger(handler)
    return not any(isinstance(part, n.Await | n.Throw) or _does(part) for part in walk(*handler.body))


def _does(node: n.Node) -> bool:
    return isinstance(node, n.Call) and not is_log(node)
