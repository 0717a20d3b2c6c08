"""Calls of one of the functions that an object lists by key: `handlers[event.type](ctx, event)`.

Or of a method of one of the objects that it lists: `providers[name].send(ctx)`, `providerOf(name).send(ctx)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.steps import BranchFrame, HelperCall
from scaffold.model.values import Closure, Computed, Definition, Result, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.values import Value

    Frames = tuple[BranchFrame, ...]

_MOST = 20  # functions of one object
_OPEN = (Unknown, Computed, Result)  # what may be one of several functions


class _Asked(NamedTuple):
    """What of an object is called: the function that it lists, or a method of the object that it lists."""

    body: Body
    chosen: n.Subscript
    method: str = ""


def chosen(body: Body, call: n.Call, value: Value) -> tuple[tuple[Value, Frames], ...]:
    """What a call runs, each with the branch that it stands in.

    That is what its callee stands for, or, where that cannot be told, any of the functions that an object
    lists, if it lists nothing else.
    """
    asked = _asked(body, call.callee, value) if isinstance(value, _OPEN) else None
    listed = dict(_listed(asked)) if asked is not None else {}
    if asked is None or not 0 < len(listed) <= _MOST or None in listed.values():
        return ((value, ()),)
    by = asked.chosen.index if asked.body is body else call.callee
    found: list[tuple[Value, Frames]] = []
    others: Frames = ()
    for key, function in listed.items():
        test = n.Binary(by.start, by.end, "===", by, n.String(by.start, by.end, key))
        node = n.Conditional(call.start, call.end, test, call.callee, call.callee)
        if function is not None:
            found.append((function, (*others, BranchFrame(node, test, taken=True))))
        others = (*others, BranchFrame(node, test, taken=False))
    return tuple(found)


def _asked(body: Body, callee: n.Expression, value: Value) -> _Asked | None:
    """What stands for the function that is called: `handlers[type]`, or a variable that holds it."""
    match value:
        case Result(step=HelperCall(callee=helper), path=(method,)) if helper is not None:
            given = [each for node in helper.returns() if (each := _listing(helper, node)) is not None]
            return _Asked(helper, given[0], method) if given else None
        case Result():
            return None
    node = _listing(body, callee)
    if node is None and isinstance(callee, n.Member):
        node = _listing(body, callee.object)
        return _Asked(body, node, callee.property) if node is not None else None
    return _Asked(body, node) if node is not None else None


def _listing(body: Body, node: n.Expression) -> n.Subscript | None:
    """What an expression takes out of an object, itself or in the variable that it is."""
    if isinstance(node, n.Name):
        sources = body.sources(node)
        node = sources[0] if len(sources) == 1 else node
    return node if isinstance(node, n.Subscript) else None


def _listed(asked: _Asked) -> Iterator[tuple[str, Value | None]]:
    """What an object lists by key, if it is a function; an object need not have the method."""
    for key, name, value in _entries(asked):
        if not asked.method:
            yield key, _function(value, name)
            continue
        method = asked.body.member(value, asked.method)
        if isinstance(method, Definition | Closure):
            yield key, _function(method, asked.method)


def _entries(asked: _Asked) -> Iterator[tuple[str, str, Value]]:
    """What an object lists: its key, its name where nobody else names it, and the value."""
    body = asked.body
    match body.value(asked.chosen.object):
        case Definition(module, n.Object(properties=parts)):
            for part in parts:
                yield part.key or "", part.key or "", body.project.resolver.evaluate(module, part.value)
        case Computed(n.Object(properties=parts)):
            for part in parts:
                yield part.key or "", "", body.value(part.value)


def _function(value: Value, name: str) -> Value | None:
    """A function that can be walked through; one without a name is known by its key."""
    if isinstance(value, Definition) and isinstance(value.node, n.Function):
        return value if value.name else Definition(value.module, value.node, name, value.knows)
    return value if isinstance(value, Closure) else None
