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
    return all(_gives(call, default.index) for call in body.calls if is_called(function, call))


def called(body: Body) -> list[n.Function]:
    """The functions inside of a body that it calls itself, once a call."""
    return [call.target.node for call in body.calls if isinstance(call.target, Closure)]


def is_called(function: n.Node, call: HelperCall) -> bool:
    """Whether a call is of a function inside of the body."""
    return isinstance(call.target, Closure) and call.target.node is function


def _gives(call: HelperCall, position: int) -> bool:
    given = call.arguments[: position + 1]
    return len(given) > position or any(isinstance(argument, n.Spread) for argument in given)
