"""How many documents a loop can run over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall, OtherCall, Read
from scaffold.rules._nodes import followed, written
from scaffold.rules._ways import traced
from scaffold.rules.data._predicates import of_query
from scaffold.rules.data._reads import scans
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import LoopFrame, Step

_UNBOUND = {"collect", "for await"}
_BATCHED = {"take", "paginate"}
_HELPERS = 3
_ELEMENT = "*"  # in the way into a list
_LISTS = {"filter", "map", "flatMap", "concat", "sort", "toSorted", "reverse", "toReversed", "slice", "from"}
_OPEN_ENDED = {"while", "do", "for"}


def looped_read(step: Step, via: tuple[HelperCall, ...] = ()) -> Read | None:
    """The query over all of whose documents a loop around the step runs.

    `via` are the calls by which a helper with the step is come to: they may bring the documents.
    """
    for frame in step.loops:
        if _leaves_early(frame, step):
            continue
        for read in _reads(_end(frame), step.body, via):
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


def _leaves_early(frame: LoopFrame, step: Step) -> bool:
    """Whether a loop ends after a few rounds: `if (count >= 100) break`, or it ends behind the step."""
    if not isinstance(frame.node, n.Loop):
        return False
    counted = (
        isinstance(part, n.If) and _compares(part.test, step.body) and any(map(_leaves_loop, part.then[-1:]))
        for part in frame.node.body
    )
    return any(counted) or _is_last(frame.node.body, step) or _goes_while(frame.head, step.body)


def _compares(test: n.Expression, body: Body) -> bool:
    """Whether a number is compared with a limit: `done >= BATCH`, `rows.length === 100`, `left-- === 0`."""
    match test:
        case n.Binary(operator=">=" | ">", left=left) if not isinstance(left, n.Member):
            return True
        case n.Binary(operator=">=" | ">" | "===" | "==", left=n.Member(property="length" | "size")):
            return True
        case n.Binary(operator="===" | "==", left=n.Name() | n.Unary(operator="++" | "--"), right=right):
            return _is_number(right, body)
        case n.Binary(operator="<=" | "<", left=n.Name() | n.Unary(value=n.Name()), right=n.Number()):
            return True  # counted down: `left-- <= 0`
        case n.Binary(operator="<=" | "<", left=left, right=n.Name() | n.Unary(operator="++")):
            return _is_number(left, body)
    return False


def _goes_while(head: n.Expression | None, body: Body) -> bool:
    """Whether the head of a loop has a limit among others: `at < rows.length && at < BATCH`."""
    match head:
        case n.Binary(operator="&&", left=left, right=right):
            return _goes_while(left, body) or _goes_while(right, body) or _is_below(right, body)
    return False


def _is_below(test: n.Expression, body: Body) -> bool:
    match test:
        case n.Binary(operator="<" | "<=", left=n.Name() | n.Unary(operator="++"), right=right):
            return _is_number(right, body)
    return False


def _is_number(node: n.Expression, body: Body) -> bool:
    """Whether a number stands there, or a name of one."""
    if not isinstance(node, n.Name):
        return isinstance(node, n.Number)
    value = body.value(node)
    return isinstance(value, vs.Literal) and type(value.value) in {int, float}


def _is_last(body: tuple[n.Statement, ...], step: Step) -> bool:
    """Whether the loop is left behind the statement with the step: `{ await remove(x); break; }`."""
    if any(map(_leaves_loop, body[-1:])):
        return any(part.start <= step.node.start < part.end for part in body)
    for part in body:
        if isinstance(part, n.If) and part.start <= step.node.start < part.end:
            return _is_last(part.then, step) or _is_last(part.other, step)
        if isinstance(part, n.Block) and part.start <= step.node.start < part.end:
            return _is_last(part.body, step)
    return False


def _leaves_loop(statement: n.Statement) -> bool:
    match statement:
        case n.Return() | n.Throw() | n.Leave(kind="break"):
            return True
    return False


def is_narrowed(read: Read) -> bool:
    """Whether an index narrows it to some value, or may do so.

    So does a filter by a value that is found out, where CX201 tells of the scan.
    """
    if isinstance(read.range, vs.Unknown) or read.range:
        return True
    return scans(read) and any(map(_is_of_one, read.filters))


def _is_of_one(condition: n.Call) -> bool:
    """Whether a filter keeps what belongs to one of many: `q.eq(q.field("owner"), owner._id)`.

    A value that stands in the code, as a status does, may be that of nearly all.
    """
    return any(each.operator == "eq" and _is_found_out(each.value) for each in of_query(condition))


def _is_found_out(value: n.Expression) -> bool:
    match value:
        case n.Name(name=name):
            return name != "undefined"
        case n.Member():
            return True
    return False


def _shares_loop(read: Read, inner: LoopFrame, step: Step) -> bool:
    """Whether batch after batch is read in one loop: `while (true) { … take(100) … }`."""
    around = {id(frame) for frame in read.loops if frame.kind in _OPEN_ENDED}
    return any(id(frame) in around for frame in step.loops if frame is not inner)


def _reads(
    node: n.Expression | None, body: Body, via: tuple[HelperCall, ...] = (), depth: int = _HELPERS
) -> Iterator[Read]:
    """The queries that an expression is made of, those of helpers included, unless it takes the first few."""
    if any(map(_takes_first, followed(body, node))):
        return
    if isinstance(node, n.Name) and isinstance(own := body.result(node), Read):
        yield own  # a query in a variable, which the loop itself reads
        return
    results = [value for value in _origins(node, body, via) if isinstance(value, vs.Result)]
    if any(_takes_first(value.step.node) for value in results):
        return
    for value in results:
        step = value.step
        if any(each.step is step and len(each.path) > len(value.path) for each in results):
            continue  # a part of it is meant
        if isinstance(step, Read):
            yield step
        elif isinstance(step, HelperCall) and step.callee is not None and depth:
            for returned in step.callee.returns():
                yield from _reads(_part(returned, step.callee, value.path), step.callee, (), depth - 1)


def _origins(node: n.Expression | None, body: Body, via: tuple[HelperCall, ...]) -> Iterator[vs.Value]:
    """What an expression is made of; of a helper's parameter, what the call gave for it was made of."""
    for value in body.origins(node):
        yield value
        if not via or not isinstance(value, vs.Parameter):
            continue
        given, caller, before = traced(value, body, via)
        match given:
            case vs.Computed(n.Array() as node):
                yield from _origins(node, caller, before)
            case vs.Result(OtherCall(name=name, node=n.Call() as node), ()) if name in _LISTS:
                yield from _origins(node, caller, before)
            case vs.Result(Read() | HelperCall(), path) if _ELEMENT not in path:
                yield given


def _part(node: n.Expression, body: Body, path: tuple[str, ...]) -> n.Expression:
    """What stands at the way into what a helper returns: `{ items, rules }` has both."""
    for key in path:
        part = part_of(written(node, body), key)
        if part is None:
            break
        node = part.value
    return node


def _takes_first(node: n.Node) -> bool:
    """`rows.slice(0, 100)`, `Math.min(rows.length, 100)`."""
    match node:
        case n.Call(callee=n.Member(property="slice"), arguments=(n.Number(value=0), _)):
            return True
        case n.Call(callee=n.Member(object=n.Name(name="Math"), property="min"), arguments=(_, _)):
            return True
    return False
