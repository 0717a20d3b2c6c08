"""What becomes of the value of an expression: whether anything but a log depends on it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from scaffold.rules._nodes import LOGGERS, walk
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body

    _Way: TypeAlias = tuple[n.Node, ...]

_TELLING = {"String", "Boolean", "stringify"}
_CHOOSING = {"&&", "||", "??"}
_DEPTH = 4


class Fate(Enum):
    """What becomes of a value."""

    USED = "used"
    DEMANDED = "demanded"  # a property of it is read: it fails where there is none
    AWAITED = "awaited"
    TESTED = "tested"  # it is asked whether there is one
    DROPPED = "dropped"  # it ends as a statement, or in a log


def fates(node: n.Node, body: Body) -> Iterator[Fate]:
    """What becomes of an expression's value, through the variables that it is stored in."""
    way = _way_to(node, body.function)
    yield from _climb(node, way, body, _DEPTH) if way else (Fate.USED,)


def matters(node: n.Node, body: Body) -> bool:
    """Whether anything but a log depends on the value of an expression."""
    return any(each in {Fate.USED, Fate.DEMANDED} for each in fates(node, body))


def is_pending(node: n.Node, body: Body) -> bool:
    """Whether nobody waits for a promise: it is dropped, or tested as if it were the answer."""
    way = _way_to(node, body.function)
    if not way:
        return False
    parent = way[-1]
    if isinstance(parent, n.Declare) and isinstance(parent.target, n.Name):
        mentions = list(_mentions(parent.target.name, body.function))
        return bool(mentions) and all(_tests(name, above[-1]) for name, above in mentions)
    return isinstance(parent, n.Do) or _tests(node, parent)


def is_hushed(node: n.Node, body: Body) -> bool:
    """Whether `.catch(…)` takes the error of a promise and forgets it."""
    way = _way_to(node, body.function)
    match way[-2:]:
        case (n.Call(arguments=(handler, *_)), n.Member(property="catch")):
            return not any(isinstance(part, n.Throw) for part in walk(handler))
    return False


def only_logs(statements: Iterable[n.Node]) -> bool:
    """Whether statements do nothing but write to the log."""
    return all(_is_log(statement) for statement in statements)


def _is_log(statement: n.Node) -> bool:
    match statement:
        case n.Do(value=value) | n.Await(value=value) | n.Unary(operator="void", value=value):
            return _is_log(value)
        case n.Call(callee=n.Member(property=name)):
            return name in LOGGERS
        case n.Block(body=body):
            return only_logs(body)
        case n.If(then=then, other=other):
            return only_logs((*then, *other))
    return False


def _way_to(node: n.Node, root: n.Node) -> _Way:
    """The nodes around a node, outermost first; none if it is not there."""
    for part in parts(root):
        if part.start <= node.start and node.end <= part.end:
            if type(part) is type(node) and (part.start, part.end) == (node.start, node.end):
                return (root,)
            inner = _way_to(node, part)
            if inner:
                return (root, *inner)
    return ()


def _climb(node: n.Node, way: _Way, body: Body, depth: int) -> Iterator[Fate]:
    """Follow a value outwards, to where it is used, dropped or given a name."""
    child = node
    for parent in reversed(way):
        match parent:
            case n.Await():
                yield Fate.AWAITED
            case n.Declare(target=n.Name(name=name)) | n.Assign(operator="=", target=n.Name(name=name)):
                yield from _named(name, body, depth)
                return
            case n.Declare():
                yield Fate.DEMANDED
                return
            case _:
                if _tests(child, parent):
                    yield Fate.TESTED
                fate = _fate(child, parent, body)
                if fate is not None:
                    yield fate
                    return
        child = parent
    yield Fate.USED


def _named(name: str, body: Body, depth: int) -> Iterator[Fate]:
    for mention, way in _mentions(name, body.function):
        yield from _climb(mention, way, body, depth - 1) if depth else (Fate.USED,)


def _fate(child: n.Node, parent: n.Node, body: Body) -> Fate | None:
    """What a node does with a value directly inside of it; None where its own value depends on that."""
    match parent:
        case n.Do():
            return Fate.DROPPED
        case n.Call(callee=callee):
            return _called(parent) if child is not callee else None
        case n.Member(property=name):
            return None if name == "catch" or _is_optional(parent, body) else Fate.DEMANDED
        case n.If(test=test, then=then, other=other) if child is test:
            return Fate.DROPPED if only_logs((*then, *other)) else Fate.USED
        case n.Binary(operator=operator, left=left, right=right) if child is left and operator in _CHOOSING:
            return Fate.USED if _does(right) else None
        case n.Conditional(test=test, then=yes, other=no) if child is test:
            return Fate.USED if _does(yes) or _does(no) else None
        case n.Unary() | n.Template() | n.Binary() | n.Conditional() | n.Property() | n.Object():
            return None
    return Fate.USED


def _called(call: n.Call) -> Fate | None:
    """What a call does with an argument."""
    if _is_log(call):
        return Fate.DROPPED
    match call.callee:
        case n.Name(name=name) | n.Member(property=name) if name in _TELLING:
            return None
    return Fate.USED


def _is_optional(member: n.Member, body: Body) -> bool:
    """Whether a property is asked for with `?.`, so that nothing happens where there is none."""
    return b"?." in body.module.lines.source[member.object.end : member.end]


def _does(node: n.Node) -> bool:
    """Whether an expression may do something."""
    return any(isinstance(part, n.Call | n.Await | n.Assign | n.Other) for part in walk(node))


def _mentions(name: str, root: n.Node) -> Iterator[tuple[n.Name, _Way]]:
    """Where a variable is read."""
    pending: list[tuple[n.Node, _Way]] = [(root, ())]
    while pending:
        node, way = pending.pop()
        if isinstance(node, n.Name):
            if node.name == name and not _is_target(node, way[-1]):
                yield node, way
            continue
        inner = (*way, node)
        pending += [(part, inner) for part in parts(node)[::-1]]


def _is_target(node: n.Name, parent: n.Node) -> bool:
    return isinstance(parent, n.Declare | n.Assign) and parent.target is node


def _tests(node: n.Node, parent: n.Node) -> bool:
    """Whether a node only asks if there is a value."""
    match parent:
        case n.Unary(operator="!" | "void"):
            return True
        case n.If(test=test) | n.Conditional(test=test):
            return test is node
        case n.Binary(operator="&&" | "||", left=left):
            return left is node
    return False
