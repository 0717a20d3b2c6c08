"""Functions inside of functions: what their calls give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.values import Closure
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.steps import DefaultFrame, HelperCall


def all_give(function: n.Function, body: Body, default: DefaultFrame) -> bool:
    """Whether all calls of a function inside of a body give what a default of it stands in for.

    Whoever else runs it, such as an array, is taken to give it.
    """
    calls = (call for call in body.calls if isinstance(call.target, Closure) and call.target.node is function)
    return all(_gives(call, default.index) for call in calls)


def _gives(call: HelperCall, position: int) -> bool:
    given = call.arguments[: position + 1]
    return len(given) > position or any(isinstance(argument, n.Spread) for argument in given)
