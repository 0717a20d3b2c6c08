"""What lists, sets and maps of a body are filled with: `ids.push(row._id)`, `byId.set(row._id, row)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import OtherCall
from scaffold.model.values import Computed, Global, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.values import Value

    Way = tuple[str, ...]

ELEMENT = "*"
# The methods that fill something, and which argument becomes an element: one, or each.
_FILLING: dict[str, int | None] = {"push": None, "unshift": None, "add": 0, "set": 1}
_KEY, _VALUE = "0", "1"
_PARTS = {"get": _VALUE, "values": _VALUE, "keys": _KEY}
_LOOKING = {"all", "allSettled", "from", "Set", "Map", "Boolean", "Number", "String", "stringify", "log"}


def elements(body: Body, node: n.Expression) -> Iterator[tuple[n.Expression, Way]]:
    """What an expression stands for that leads into a list which begins empty: what was put into it.

    Each with the way from there. Nothing where the list may be filled out of sight.
    """
    way: Way = ()
    while isinstance(node, n.Member):
        way = (node.property, *way)
        node = node.object
    binding = body.scopes.find(node.name, node.start) if isinstance(node, n.Name) else None
    for source, path in binding.sources if binding is not None else ():
        if isinstance(source, n.Name) and path[:1] == (ELEMENT,) and _is_empty(body, source):
            yield from ((each, (*path[1:], *way)) for each in _filled(body, source))


def of_map(body: Body, call: n.Call, path: Way) -> Iterator[tuple[n.Expression, Way]]:
    """What a method of a map gives: what the map was made of or filled with, with the way from there."""
    match call.callee:
        case n.Member(object=n.Name() as receiver, property=name) if name in _PARTS:
            part = _PARTS[name]
        case _:
            return
    rest = path if name == "get" else path[1:]
    made = _made(body, receiver, "Map")
    if made is None or (name != "get" and path[:1] != (ELEMENT,)):
        return
    yield from ((each, (ELEMENT, part, *rest)) for each in made.arguments[:1])
    yield from ((each, rest) for each in _filled(body, receiver, int(part)))


def of_set(body: Body, value: Value) -> Iterator[n.Expression]:
    """What is added to a set that is empty first."""
    filled = (receiver for receiver, _, _ in _fillings(body) if _same(body.value(receiver), value))
    receiver = next(filled, None)
    if receiver is not None:
        yield from _filled(body, receiver)


def _is_empty(body: Body, name: n.Name) -> bool:
    match body.value(name):
        case Computed(n.Array(items=())):
            return len(body.sources(name)) == 1
    return False


def _made(body: Body, name: n.Name, of: str) -> n.Call | None:
    """The call that makes the one thing that a variable is."""
    match body.value(name):
        case Result(OtherCall(value=Global((made,)), node=n.Call() as call), ()) if made == of:
            return call
    return None


def _same(one: Value, other: Value) -> bool:
    return isinstance(one, Result) and isinstance(other, Result) and one.step is other.step and not one.path


def _filled(body: Body, name: n.Name, position: int | None = None) -> Iterator[n.Expression]:
    """What is put into what a variable holds, as its key or value; what nobody can tell where others may."""
    if _is_handed_on(body, name):
        yield n.Name(name.start, name.start, "")
    for filled, how, given in _fillings(body):
        if filled.name == name.name and _is_same_variable(body, filled, name):
            chosen = _FILLING[how] if position is None else position
            yield from given if chosen is None else given[chosen : chosen + 1]


def _fillings(body: Body) -> Iterator[tuple[n.Name, str, tuple[n.Expression, ...]]]:
    """The calls in a body that fill something, those that are still to be walked too."""
    for node in walk_all(body.function.body):
        match node:
            case n.Call(callee=n.Member(object=n.Name() as filled, property=how), arguments=given):
                if how in _FILLING:
                    yield filled, how, given


def _is_same_variable(body: Body, one: n.Name, other: n.Name) -> bool:
    return body.scopes.find(one.name, one.start) is body.scopes.find(other.name, other.start)


def _is_handed_on(body: Body, name: n.Name) -> bool:
    """Whether something else is given the list or map itself, and may fill it."""
    for node in walk_all(body.function.body):
        match node:
            case n.Call(callee=n.Name(name=called) | n.Member(property=called), arguments=given):
                if called not in _LOOKING and any(_is(each, name) for each in given):
                    return True
            case n.Declare(value=n.Name() as value) | n.Property(value=n.Name() as value):
                if _is(value, name):
                    return True
    return False


def _is(node: n.Expression, name: n.Name) -> bool:
    return isinstance(node, n.Name) and node.name == name.name
