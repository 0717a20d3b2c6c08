"""What becomes of the value of an expression: whether anything but a log depends on it."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from scaffold.rules._nodes import walk
from scaffold.rules.access._promised import (
    around,
    forgets_error,
    gathers,
    gives_instead,
    is_log,
    is_logger,
    only_logs,
)
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body

    _Way: TypeAlias = tuple[n.Node, ...]
    _Mention: TypeAlias = tuple[n.Name, _Way]

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


class _How(NamedTuple):
    """How a value is followed.

    `depth` is through how many variables, `place` where it stands among those that `Promise.all` waits for,
    and `caller` whether it is who calls, or nothing for strangers.
    """

    depth: int
    place: int | None = None
    caller: bool = False


def fates(node: n.Node, body: Body, *, caller: bool = False) -> Iterator[Fate]:
    """What becomes of an expression's value, through the variables that it is stored in.

    `caller` is whether it is who calls, or nothing for strangers: what only refuses those who are there then
    asks no more than whether they are.
    """
    way = _way_to(node, body.function)
    yield from _climb(node, way, body, _How(_DEPTH, caller=caller)) if way else (Fate.USED,)


def matters(node: n.Node, body: Body, *, caller: bool = False) -> bool:
    """Whether anything but a log depends on the value of an expression."""
    demanded = False
    for each in fates(node, body, caller=caller):
        if each is Fate.USED or (each is Fate.DEMANDED and not demanded and not has_stand_in(node, body)):
            return True
        demanded = demanded or each is Fate.DEMANDED
    return False


def is_pending(node: n.Node, body: Body) -> bool:
    """Whether nobody waits for a promise: it is dropped, or tested as if it were the answer."""
    pairs = list(around(node, _way_to(node, body.function)))
    if not pairs:
        return False
    child, parent = pairs[-1]
    match parent:
        case n.Declare(target=n.Name(name=name)):
            return all(_tests(mention, above[-1]) for mention, above in _mentions(name, body))
    return isinstance(parent, n.Do) or _tests(child, parent)


def is_hushed(node: n.Node, body: Body) -> bool:
    """Whether the error of a promise is forgotten: `.catch(() => null)`, `Promise.allSettled([…])`."""
    return any(forgets_error(*pair) for pair in around(node, _way_to(node, body.function)))


def has_stand_in(node: n.Node, body: Body) -> bool:
    """Whether something else stands in where a promise fails: `.catch(() => ({ subject: "guest" }))`."""
    return any(gives_instead(*pair) for pair in around(node, _way_to(node, body.function)))


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


def _climb(node: n.Node, way: _Way, body: Body, how: _How) -> Iterator[Fate]:
    """Follow a value outwards, to where it is used, dropped or given a name."""
    child = node
    for parent, outer in zip(reversed(way), (*reversed(way[:-1]), None), strict=True):
        match parent:
            case n.Await():
                yield Fate.AWAITED
            case n.Array(items=items) if gathers(outer) and not any(
                isinstance(each, n.Spread) for each in items
            ):
                how = how._replace(place=items.index(child))
            case n.Member(property="then") if isinstance(outer, n.Call) and outer.callee is parent:
                yield from _handled(outer, body, how)
                return
            case n.Declare(target=target) | n.Assign(operator="=", target=n.Name() as target):
                yield from _bound(target, None, body, how)
                return
            case _:
                if _tests(child, parent):
                    yield Fate.TESTED
                fate = _fate(child, parent, body, how.place)
                if fate is not None:
                    yield fate
                    return
        child = parent
    yield Fate.USED


def _handled(call: n.Call, body: Body, how: _How) -> Iterator[Fate]:
    """What `.then` does with the value of a promise."""
    match call.arguments:
        case (n.Function(parameters=(n.Parameter(pattern=pattern), *_), body=inner), *_):
            yield from _bound(pattern, inner, body, how)
        case (n.Function(), *_):
            yield Fate.DROPPED
        case (handler, *_) if is_logger(handler):
            yield Fate.DROPPED
        case _:
            yield Fate.USED


def _bound(pattern: n.Expression, roots: tuple[n.Node, ...] | None, body: Body, how: _How) -> Iterator[Fate]:
    """What becomes of a value that is given a name, where that is read: in the body, or in some of it."""
    named: n.Expression | None = pattern
    if isinstance(pattern, n.Array) and how.place is not None:
        named, how = _item(pattern, how.place, body), how._replace(place=None)
    match named:
        case None:
            yield Fate.DROPPED
        case n.Name(name=name):
            for mention, way in _mentions(name, body, roots):
                if how.caller and _is_only_held_against(mention, way):
                    yield Fate.TESTED
                elif how.depth:
                    yield from _climb(mention, way, body, how._replace(depth=how.depth - 1))
                else:
                    yield Fate.USED
        case _:
            yield Fate.DEMANDED


def _is_only_held_against(mention: n.Name, way: _Way) -> bool:
    """Whether a test that refuses those who are there, and nobody else, is all that asks for it.

    For example: `if (user && note.ownerId !== user._id) throw …`, to which strangers are nothing.
    """
    return any(
        isinstance(part, n.If) and not part.other and _asks_for(mention.name, part.test) and _spares(part)
        for part in way
    )


def _asks_for(name: str, test: n.Expression) -> bool:
    """Whether a test only holds where there is something: `user`, `user !== null && …`."""
    match test:
        case n.Binary(operator="&&", left=left, right=right):
            return _asks_for(name, left) or _asks_for(name, right)
        case n.Binary(operator="!=" | "!==", left=left, right=n.Constant(value=None | "undefined")):
            return _asks_for(name, left)
    return isinstance(test, n.Name) and test.name == name


def _spares(branch: n.If) -> bool:
    """Whether a branch does nothing but to refuse, or to ask whether to."""
    return bool(branch.then) and all(
        (isinstance(each, n.If) and not each.other and _spares(each)) or _refuses(each)
        for each in branch.then
    )


def _refuses(statement: n.Statement) -> bool:
    match statement:
        case n.Return(value=value):
            return all(map(_says_no, walk(value)))
        case n.Throw():
            return True
    return only_logs((statement,))


def _says_no(part: n.Node) -> bool:
    """Whether nothing is given, or an answer that is no yes: `null`, `[]`, `{ ok: false, error: "…" }`."""
    if isinstance(part, n.Constant):
        return part.value is not True
    return isinstance(part, n.String | n.Number | n.Array | n.Object | n.Property)


def _item(pattern: n.Array, place: int, body: Body) -> n.Expression | None:
    """What a pattern calls the value in a place: holes are left out of it, and are known by their commas."""
    index, end = 0, pattern.start
    for item in pattern.items:
        index += body.module.lines.source.count(b",", end, item.start)
        if index == place or isinstance(item, n.Spread):
            return item
        end = item.end
    return None


def _fate(child: n.Node, parent: n.Node, body: Body, place: int | None) -> Fate | None:
    """What a node does with a value directly inside of it; None where its own value depends on that."""
    match parent:
        case n.Do():
            return Fate.DROPPED
        case n.Call(callee=callee):
            return _called(parent) if child is not callee else None
        case n.Subscript(object=objects, index=n.Number(value=value)) if (
            child is objects and place is not None
        ):
            return None if value == place else Fate.DROPPED
        case n.Member(property=name):
            return None if name in {"catch", "finally"} or _is_optional(parent, body) else Fate.DEMANDED
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
    if gathers(call):
        return None
    if is_log(call):
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


def _mentions(name: str, body: Body, roots: tuple[n.Node, ...] | None = None) -> Iterable[_Mention]:
    """Where a variable is read, in a body or in some of it."""
    if roots is None:
        return _mentions_of(body).get(name, ())
    return (found for root in roots for found in _read_in(root) if found[0].name == name)


@lru_cache(maxsize=256)
def _mentions_of(body: Body) -> dict[str, list[_Mention]]:
    """Where each variable of a body is read."""
    found: dict[str, list[_Mention]] = {}
    for name, way in _read_in(body.function):
        found.setdefault(name.name, []).append((name, way))
    return found


def _read_in(root: n.Node) -> Iterator[_Mention]:
    """The names that are read in a node, each with the nodes around it."""
    pending: list[tuple[n.Node, _Way]] = [(root, ())]
    while pending:
        node, way = pending.pop()
        if isinstance(node, n.Name):
            yield node, way
            continue
        inner = (*way, node)
        pending += [(part, inner) for part in parts(node)[::-1] if not _is_target(part, node)]


def _is_target(node: n.Node, parent: n.Node) -> bool:
    """Whether a name, or a pattern of names, is only given there."""
    return (
        isinstance(parent, n.Declare | n.Assign)
        and parent.target is node
        and isinstance(node, n.Name | n.Array | n.Object)
    )


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
