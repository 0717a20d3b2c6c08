"""How many documents a loop can run over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import Read
from scaffold.rules._ways import results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import LoopFrame, Step
    from scaffold.source import nodes as n

_UNBOUND = {"collect", "for await"}
_BATCHED = {"take", "paginate"}
_OPEN_ENDED = {"while", "do", "for"}


def looped_read(step: Step) -> Read | None:
    """The query over all of whose documents a loop around the step runs."""
    for frame in step.loops:
        for read in _reads(frame.head, step.body):
            if read.system:
                continue
            if read.terminal in _UNBOUND or (read.terminal in _BATCHED and _shares_loop(read, frame, step)):
                return read
    return None


def is_narrowed(read: Read) -> bool:
    """Whether an index narrows it to some value, or may do so."""
    return isinstance(read.range, vs.Unknown) or bool(read.range)


def _shares_loop(read: Read, inner: LoopFrame, step: Step) -> bool:
    """Whether batch after batch is read in one loop: `while (true) { … take(100) … }`."""
    around = {id(frame) for frame in read.loops if frame.kind in _OPEN_ENDED}
    return any(id(frame) in around for frame in step.loops if frame is not inner)


def _reads(node: n.Expression | None, body: Body) -> Iterator[Read]:
    for value in results(node, body):
        if isinstance(value.step, Read):
            yield value.step
