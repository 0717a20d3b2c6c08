"""What lists, sets and maps of a body are filled with: `ids.push(row._id)`, `byId.set(row._id, row)`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.steps import OtherCall
from scaffold.model.values import Computed, Global, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body

    Way = tuple[str, ...]
    _Filling = tuple[n.Name, str, tuple[n.Expression, ...]]

ELEMENT = "*"
# The methods that fill something, and which argument becomes an element: one, or each.
_FILLING: dict[str, int | None] = {"push": None, "unshift": None, "add": 0, "set": 1}
_KEY, _VALUE = "0", "1"
_PARTS = {"values": _VALUE, "keys": _KEY}
_PAIRS = {_KEY, _VALUE}
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
        is_element = path[:1] == (ELEMENT,) or "".join(path[:1]).isdecimal()
        if isinstance(source, n.Name) and is_element and _is_empty(body, source):
            yield from ((each, (*path[1:], *way)) for each in _filled(body, source))


def of_map(body: Body, call: n.Call, path: Way) -> Iterator[tuple[n.Expression, Way]]:
    """What a method of a map gives: what the map was made of or filled with, with the way from there."""
    is_element = path[:1] == (ELEMENT,)
    match call.callee:
        case n.Member(object=n.Name() as receiver, property="entries") if is_element:
            part, rest = "".join(path[1:2]), path[2:]
        case n.Member(object=n.Name() as receiver, property="get"):
            part, rest = _VALUE, path
        case n.Member(object=n.Name() as receiver, property=name) if name in _PARTS and is_element:
            part, rest = _PARTS[name], path[1:]
        case _:
            return
    made = _made(body, receiver, "Map")
    if made is None or part not in _PAIRS:
        return
    yield from ((each, (ELEMENT, part, *rest)) for each in made.arguments[:1])
    yield from ((each, rest) for each in _filled(body, receiver, int(part)))


def of_pairs(body: Body, made: n.Node, path: Way) -> Iterator[tuple[n.Expression, Way]]:
    """What is set in a map that is made empty by a call: a way into it leads to one of a pair."""
    name = _uses(body).named.get(made.start)
    if name is not None and path[1] in _PAIRS:
        yield from ((each, path[2:]) for each in _filled(body, name, int(path[1])))


def put_into(body: Body, name: n.Name) -> list[n.Expression]:
    """What is put into a list that begins empty; nothing if the name stands for anything else."""
    return list(_filled(body, name)) if _is_empty(body, name) else []


def of_set(body: Body, made: n.Node) -> Iterator[n.Expression]:
    """What is added to a set that is made empty by a call."""
    name = _uses(body).named.get(made.start)
    if name is not None:
        yield from _filled(body, name)


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


def _filled(body: Body, name: n.Name, position: int | None = None) -> Iterator[n.Expression]:
    """What is put into what a variable holds, as its key or value; what nobody can tell where others may."""
    uses = _uses(body)
    if name.name in uses.handed_on:
        yield n.Name(name.start, name.start, "")
    for filled, how, given in uses.fillings.get(name.name, ()):
        if _is_same_variable(body, filled, name):
            chosen = _FILLING[how] if position is None else position
            yield from given if chosen is None else given[chosen : chosen + 1]


def _is_same_variable(body: Body, one: n.Name, other: n.Name) -> bool:
    return body.scopes.find(one.name, one.start) is body.scopes.find(other.name, other.start)


class _Uses(NamedTuple):
    """What a body does with its variables, those parts too that are still to be walked.

    The calls that fill something, by its name; the names of what something else is given, which may fill it;
    and the names of what calls make, by where these begin.
    """

    fillings: dict[str, list[_Filling]]
    handed_on: set[str]
    named: dict[int, n.Name]


@lru_cache(maxsize=1024)
def _uses(body: Body) -> _Uses:
    uses = _Uses({}, set(), {})
    for node in walk_all(body.function.body):
        match node:
            case n.Call(callee=n.Member(object=n.Name() as filled, property=how)) if how in _FILLING:
                uses.fillings.setdefault(filled.name, []).append((filled, how, node.arguments))
                uses.handed_on.update(_names(node.arguments))
            case n.Call(callee=n.Name(name=called) | n.Member(property=called)) if called not in _LOOKING:
                uses.handed_on.update(_names(node.arguments))
            case n.Declare(target=n.Name() as name, value=n.Call() as made):
                uses.named[made.start] = name
            case n.Declare(target=n.Name(), value=n.Name(name=other)) | n.Property(value=n.Name(name=other)):
                uses.handed_on.add(other)
    return uses


def _names(given: tuple[n.Expression, ...]) -> Iterator[str]:
    return (each.name for each in given if isinstance(each, n.Name))
