"""All that a function comes to: its builder's input, its handler, and the helpers that these call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.function import Reached
from scaffold.model.steps import HelperCall

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.function import Function

_DEPTH = 10


def reach(function: Function) -> list[Reached]:
    """The steps of a function in order. A helper is entered once, where it is called first."""
    found: list[Reached] = []
    seen: set[int] = set()
    for body in function.builder.inputs:
        _through(body, (), seen, found, prelude=True)
    if function.body is not None:
        _through(function.body, (), seen, found, prelude=False)
    return found


def _through(
    body: Body, via: tuple[HelperCall, ...], seen: set[int], found: list[Reached], *, prelude: bool
) -> None:
    if id(body) in seen:
        return
    seen.add(id(body))
    for step in body.steps:
        found.append(Reached(step, via, prelude))
        if type(step) is HelperCall and step.callee is not None and len(via) < _DEPTH:
            _through(step.callee, (*via, step), seen, found, prelude=prelude)


def ways(function: Function) -> list[tuple[Body, tuple[HelperCall, ...], bool]]:
    """The bodies that a function comes to, each with the helpers on the way, and whether in the prelude.

    The same bodies in the same order as in `reach`, without a look at every step.
    """
    found: list[tuple[Body, tuple[HelperCall, ...], bool]] = []
    seen: set[int] = set()
    for body in function.builder.inputs:
        _enter(body, (), seen, found, prelude=True)
    if function.body is not None:
        _enter(function.body, (), seen, found, prelude=False)
    return found


def _enter(
    body: Body,
    via: tuple[HelperCall, ...],
    seen: set[int],
    found: list[tuple[Body, tuple[HelperCall, ...], bool]],
    *,
    prelude: bool,
) -> None:
    if id(body) in seen:
        return
    seen.add(id(body))
    found.append((body, via, prelude))
    if len(via) < _DEPTH:
        for call in body.calls:
            if call.callee is not None:
                _enter(call.callee, (*via, call), seen, found, prelude=prelude)
