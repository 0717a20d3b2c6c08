"""All that a function comes to: its builder's input, its handler, and the helpers that these call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.function import Reached
from scaffold.model.steps import HelperCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function

_DEPTH = 10


def reach(function: Function) -> Iterator[Reached]:
    """The steps of a function in order. A helper is entered once, where it is called first."""
    seen: set[int] = set()
    for body in function.builder.inputs:
        yield from _through(body, (), seen, prelude=True)
    if function.body is not None:
        yield from _through(function.body, (), seen, prelude=False)


def _through(body: Body, via: tuple[HelperCall, ...], seen: set[int], *, prelude: bool) -> Iterator[Reached]:
    if id(body) in seen:
        return
    seen.add(id(body))
    for step in body.steps:
        yield Reached(step, via, prelude)
        if isinstance(step, HelperCall) and step.callee is not None and len(via) < _DEPTH:
            yield from _through(step.callee, (*via, step), seen, prelude=prelude)
