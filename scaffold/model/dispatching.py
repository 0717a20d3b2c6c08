"""Calls of one of the functions that an object lists by key: `handlers[event.type](ctx, event)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import BranchFrame
from scaffold.model.values import Closure, Computed, Definition, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.values import Value

    Frames = tuple[BranchFrame, ...]

_MOST = 20  # functions of one object


def chosen(body: Body, call: n.Call, value: Value) -> tuple[tuple[Value, Frames], ...]:
    """What a call runs, each with the branch that it stands in.

    That is what its callee stands for, or, where that cannot be told, any of the functions that an object
    lists, if it lists nothing else.
    """
    asked = _asked(body, call.callee) if isinstance(value, Unknown | Computed) else None
    listed = dict(_listed(body, asked)) if asked is not None else {}
    if asked is None or not 0 < len(listed) <= _MOST or None in listed.values():
        return ((value, ()),)
    found: list[tuple[Value, Frames]] = []
    others: Frames = ()
    for key, function in listed.items():
        test = n.Binary(asked.start, asked.end, "===", asked.index, n.String(asked.start, asked.end, key))
        node = n.Conditional(call.start, call.end, test, asked, asked)
        if function is not None:
            found.append((function, (*others, BranchFrame(node, test, taken=True))))
        others = (*others, BranchFrame(node, test, taken=False))
    return tuple(found)


def _asked(body: Body, node: n.Expression) -> n.Subscript | None:
    """What stands for the function that is called: `handlers[type]`, or a variable that holds it."""
    if isinstance(node, n.Name):
        sources = body.sources(node)
        node = sources[0] if len(sources) == 1 else node
    return node if isinstance(node, n.Subscript) else None


def _listed(body: Body, asked: n.Subscript) -> Iterator[tuple[str, Value | None]]:
    """What an object lists by key, if it is a function."""
    match body.value(asked.object):
        case Definition(module, n.Object(properties=parts)):
            for part in parts:
                value = body.project.resolver.evaluate(module, part.value)
                yield part.key or "", _function(value, part.key or "")
        case Computed(n.Object(properties=parts)):
            for part in parts:
                yield part.key or "", _function(body.value(part.value), "")


def _function(value: Value, name: str) -> Value | None:
    """A function that can be walked through; one without a name is known by its key."""
    if isinstance(value, Definition) and isinstance(value.node, n.Function):
        return value if value.name else Definition(value.module, value.node, name, value.knows)
    return value if isinstance(value, Closure) else None
