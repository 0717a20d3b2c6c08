"""How many documents a loop can run over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import LoopFrame, Step
    from scaffold.source import nodes as n

_UNBOUND = {"collect", "for await"}


def looped_read(step: Step) -> tuple[LoopFrame, Read] | None:
    """The loop around a step that runs over everything a query finds, and that query."""
    for frame in step.loops:
        for read in _reads(frame.head, step.body):
            if read.terminal in _UNBOUND and not read.system:
                return frame, read
    return None


def is_narrowed(read: Read) -> bool:
    """Whether an index narrows it to some value, or may do so."""
    return isinstance(read.range, vs.Unknown) or bool(read.range)


def _reads(node: n.Expression | None, body: Body) -> Iterator[Read]:
    for value in body.origins(node):
        if isinstance(value, vs.Result) and isinstance(value.step, Read):
            yield value.step
