"""Objects of the project's own classes that are given the context: `new Orders(ctx)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import HelperCall, OtherCall
from scaffold.rules._nodes import nodes_of
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body


def is_in_view(step: OtherCall) -> bool:
    """Whether a call makes an object of which only methods are called, and all of these are followed.

    Then what the object does with the context can be seen: its constructor calls nothing.
    """
    made = step.value
    if not isinstance(made, vs.Definition) or not isinstance(made.node, n.Class):
        return False
    if made.node.parent is not None or not _only_keeps(made.node):
        return False
    calls = list(_method_calls(step))
    followed = [_is_followed(step.body, call) for call in calls]
    return bool(followed) and all(followed) and len(followed) == _mentions(step)


def _only_keeps(made: n.Class) -> bool:
    """Whether the constructor of a class calls nothing."""
    constructors = [each.value for each in made.members if each.key == "constructor"]
    return not any(isinstance(part, n.Call) for each in constructors for part in walk_all((each,)))


def _method_calls(step: OtherCall) -> Iterator[n.Call]:
    for part in nodes_of(step.body, n.Call):
        if isinstance(part.callee, n.Member):
            made = part.callee.object
            if isinstance(made, n.Name | n.Call) and _is_made_by(made, step):
                yield part


def _mentions(step: OtherCall) -> int:
    """How often the object is spoken of: by its names, or where it is made and used on the spot."""
    found = [part for part in nodes_of(step.body, n.Name) if _is_made_by(part, step)]
    named = [
        part
        for part in nodes_of(step.body, n.Declare)
        if isinstance(part.target, n.Name) and part.value is step.node
    ]
    return len(found) - len(named) + (not found)


def _is_made_by(node: n.Expression, step: OtherCall) -> bool:
    value = step.body.value(node)
    return isinstance(value, vs.Result) and value.step is step and not value.path


def _is_followed(body: Body, call: n.Call) -> bool:
    done = body.result(call)
    return isinstance(done, HelperCall) and done.callee is not None
