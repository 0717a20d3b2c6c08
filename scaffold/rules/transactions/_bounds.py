"""How many documents a loop can run over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.steps import HelperCall, Read
from scaffold.rules._nodes import followed
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import LoopFrame, Step

_UNBOUND = {"collect", "for await"}
_BATCHED = {"take", "paginate"}
_HELPERS = 3
_OPEN_ENDED = {"while", "do", "for"}


def looped_read(step: Step) -> Read | None:
    """The query over all of whose documents a loop around the step runs."""
    for frame in step.loops:
        for read in _reads(_end(frame), step.body):
            if read.system:
                continue
            if read.terminal in _UNBOUND or (read.terminal in _BATCHED and _shares_loop(read, frame, step)):
                return read
    return None


def _end(frame: LoopFrame) -> n.Expression | None:
    """What decides how often a loop runs: of `i < rows.length` the side without the loop's own variable."""
    node, head = frame.node, frame.head
    if not isinstance(node, n.Loop) or frame.kind != "for" or not isinstance(head, n.Binary):
        return head
    own = {
        part.target.name
        for part in node.before
        if isinstance(part, n.Declare) and isinstance(part.target, n.Name)
    }
    sides = [side for side in (head.left, head.right) if not isinstance(side, n.Name) or side.name not in own]
    return sides[0] if len(sides) == 1 else head


def is_narrowed(read: Read) -> bool:
    """Whether an index narrows it to some value, or may do so."""
    return isinstance(read.range, vs.Unknown) or bool(read.range)


def _shares_loop(read: Read, inner: LoopFrame, step: Step) -> bool:
    """Whether batch after batch is read in one loop: `while (true) { … take(100) … }`."""
    around = {id(frame) for frame in read.loops if frame.kind in _OPEN_ENDED}
    return any(id(frame) in around for frame in step.loops if frame is not inner)


def _reads(node: n.Expression | None, body: Body, depth: int = _HELPERS) -> Iterator[Read]:
    """The queries that an expression is made of, those of helpers included, unless it takes the first few."""
    if any(map(_takes_first, followed(body, node))):
        return
    for value in body.origins(node):
        step = value.step if isinstance(value, vs.Result) else None
        if isinstance(step, Read):
            yield step
        elif isinstance(step, HelperCall) and step.callee is not None and depth:
            for returned in step.callee.returns():
                yield from _reads(returned, step.callee, depth - 1)


def _takes_first(node: n.Node) -> bool:
    """`rows.slice(0, 100)`."""
    match node:
        case n.Call(callee=n.Member(property="slice"), arguments=(n.Number(value=0), _)):
            return True
    return False
