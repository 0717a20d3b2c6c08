"""Scans that are filtered, by the database or in TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import BranchFrame, ClosureFrame, HelperCall, OtherCall, Read, Test
from scaffold.model.values import Closure, External, Mixed, Result
from scaffold.rules._nodes import nodes_of
from scaffold.rules.data import _looped as looped
from scaffold.rules.data import _predicates as predicates
from scaffold.rules.data import _reads as reads
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.project import Project
    from scaffold.model.steps import LoopFrame, Step
    from scaffold.model.values import Value
    from scaffold.rules.data._predicates import Condition

_HELPER = External("convex-helpers/server/filter", ("filter",))
_FILTERS = {"filter", "find", "findLast", "findIndex", "some", "every", "flatMap"}


def array_filter(call: OtherCall) -> tuple[Read, tuple[Condition, ...]] | None:
    """The scan that an array filter goes over, with its conditions; None if it does not, or has none."""
    if call.name not in _FILTERS or not isinstance(call.node, n.Call):
        return None
    read = _receiver(call, call.node)
    if read is None or not reads.collected(read) or not reads.scans(read):
        return None
    if _is_joined(call, read) or _is_rank(call) or _is_used_again(call, _sorted(call.node), read):
        return None
    conditions = tuple(
        each for each in predicates.of_array(call.node, call.body) if _is_comparison(each, read)
    )
    return (read, conditions) if conditions else None


def _is_rank(call: OtherCall) -> bool:
    """Whether it is asked how many come before: `rows.findIndex((row) => …) + 1`."""
    return call.name == "findIndex" and any(
        node.operator == "+"
        and isinstance(node.right, n.Number)
        and (node.left is call.node or _is_result(call.body.value(node.left), call))
        for node in nodes_of(call.body, n.Binary)
    )


def _is_result(value: Value, call: OtherCall) -> bool:
    return isinstance(value, Result) and value.step is call


def loop_filter(test: Test) -> tuple[Read, tuple[Condition, ...]] | None:
    """The scan that a loop picks documents from with an `if`, with its conditions."""
    found = looped.filtering(test)
    if found is None:
        return None
    read = found.read
    counted = _asked_by_number(found) if found.frame.kind == "for" else 0  # i < rows.length, rows[i]
    if _is_joined(test, read, found.frame) or _is_used_again(test, found.rows, read, counted):
        return None
    compared = tuple(each for each in found.conditions if _is_comparison(each, read))
    return (read, compared) if compared else None


def _asked_by_number(found: looped.Picking) -> int:
    """How often a loop asks for the document of its round: `rows[i]`; `rows[i + 1]` is another one's."""
    name = found.rows.name if isinstance(found.rows, n.Name) else ""
    numbers = [
        part.index.name
        for part in walk_all((found.frame.node,))
        if isinstance(part, n.Subscript)
        and isinstance(part.object, n.Name)
        and part.object.name == name
        and isinstance(part.index, n.Name)
    ]
    return numbers.count(numbers[0]) if numbers else 0


def _is_comparison(condition: Condition, read: Read) -> bool:
    """Whether an index can express it; "is there" and "is not there" are no values to compare with."""
    if not condition.is_of_flag:
        return True
    table = reads.table_of(read)
    if table is None:
        return True
    field = table.document.at(tuple(condition.field.split(".")))
    if field is None or field.kind != "boolean":
        return False
    return condition.value is predicates.TRUTH[0] or not field.optional


def all_of(project: Project) -> tuple[tuple[Step, Read, tuple[Condition, ...]], ...]:
    """Every filtered scan: the step that filters, the read, and the conditions."""
    return project.derived(_all)


def _all(project: Project) -> tuple[tuple[Step, Read, tuple[Condition, ...]], ...]:
    return tuple(_scans(project))


def _scans(project: Project) -> Iterator[tuple[Step, Read, tuple[Condition, ...]]]:
    for read in project.steps(Read):
        if read.filters and reads.scans(read):
            yield read, read, tuple(each for call in read.filters for each in predicates.of_query(call))
    for call in project.steps(OtherCall):
        found = array_filter(call)
        if found is not None:
            yield call, *found
    for test in project.steps(Test):
        found = loop_filter(test)
        if found is not None:
            yield test, *found


def helper_filter(read: Read) -> OtherCall | None:
    """The call of `filter` of convex-helpers that a query is given to, which looks at every document too."""
    if read.terminal or not reads.scans(read):
        return None
    for step in read.body.steps:
        if isinstance(step, OtherCall) and step.value == _HELPER and step.arguments[:1] == (read.node,):
            return None if _is_paged(step) else step
    return None


def _is_paged(call: OtherCall) -> bool:
    """Whether pages are taken of what a call gives."""
    return any(
        isinstance(step, OtherCall)
        and step.name == "paginate"
        and isinstance(step.node, n.Call)
        and isinstance(step.node.callee, n.Member)
        and step.node.callee.object is call.node
        for step in call.body.steps
    )


def place(step: Step) -> Place:
    """Where the filter stands: from its name on."""
    module = step.body.module
    if isinstance(step, Read) and step.filters:
        first = min(step.filters, key=lambda call: call.at)
        return module.place(first.at, first.end)
    if isinstance(step.node, n.Call):
        return module.place(step.node.at, step.node.end)
    if isinstance(step, Test):
        return module.place(step.test.start, step.test.end)
    return step.place


def _is_joined(step: Step, read: Read, *own: LoopFrame) -> bool:
    """Whether one read serves many filters, one a round of a loop: an index would mean a read a round.

    `own` are the loops that filter.
    """
    around = {id(loop.node) for loop in (*own, *(read.loops if read.body is step.body else ()))}
    return any(id(loop.node) not in around for loop in step.loops) or _is_in_often_called(step, read)


def _is_in_often_called(step: Step, read: Read) -> bool:
    """Whether it stands in a local function, without the read, that calls itself or is called in a loop."""
    beside = {id(frame.node) for frame in read.frames if isinstance(frame, ClosureFrame)}
    inside = {
        id(frame.node)
        for frame in step.frames
        if isinstance(frame, ClosureFrame) and frame.call is None and id(frame.node) not in beside
    }
    return bool(inside) and any(
        isinstance(call, HelperCall)
        and isinstance(call.target, Closure)
        and id(call.target.node) in inside
        and (call.loops or any(id(frame.node) in inside for frame in call.frames))
        for call in step.body.steps
    )


def _is_used_again(step: Step, name: n.Expression | None, read: Read, counted: int = 0) -> bool:
    """Whether more is done with the documents than to filter them: counted, split, returned as a whole.

    `counted` is how often they may be counted for a loop to know its end.
    """
    body = step.body
    if not isinstance(name, n.Name):
        return False
    uses = [each.start for each in _mentions(body, name)]
    if not _is_replaced(step, name):
        return len(uses) > 2 + counted
    # rows = rows.filter(…): what comes later is about the filtered rows. Under a condition it is optional.
    branches = {id(frame.node) for frame in read.frames if isinstance(frame, BranchFrame)}
    optional = any(isinstance(frame, BranchFrame) and id(frame.node) not in branches for frame in step.frames)
    return optional or sum(start <= name.start for start in uses) > 3  # noqa: PLR2004 - and where it is set


def _mentions(body: Body, name: n.Name) -> Iterator[n.Name]:
    """The places that name a variable, that of its declaration included; not where it is put in order."""
    binding = body.scopes.find(name.name, name.start)
    ordered = {start for node in nodes_of(body, n.Do) if (start := _put_in_order(node)) is not None}
    for node in nodes_of(body, n.Name):
        if node.name != name.name or node.start in ordered:
            continue
        if body.scopes.find(node.name, node.start) is binding:
            yield node


def _put_in_order(statement: n.Do) -> int | None:
    """Where the name stands in `rows.sort(…);`."""
    match statement.value:
        case n.Call(callee=n.Member(object=n.Name(start=start), property="sort" | "reverse")):
            return start
    return None


def _is_replaced(step: Step, name: n.Name) -> bool:
    """Whether the filtered documents are stored under the same name again."""
    return any(
        isinstance(node, n.Assign)
        and node.value is step.node
        and isinstance(node.target, n.Name)
        and node.target.name == name.name
        for node in walk_all(step.body.function.body)
    )


def _receiver(call: OtherCall, node: n.Call) -> Read | None:
    value = call.body.value(_sorted(node))
    if isinstance(value, Mixed):  # rows = rows.filter(…)
        before = [each for each in value.values if not (isinstance(each, Result) and each.step is call)]
        value = before[0] if len(before) == 1 else value
    return reads.read_behind(value)


def _sorted(node: n.Call) -> n.Expression | None:
    """What a method is called on; documents that are put in order first are the same documents."""
    match node.callee:
        case n.Member(object=n.Call(callee=n.Member(property=method)) as inner) if method in reads.ORDERING:
            return _sorted(inner)
        case n.Member(object=inner):
            return reads.copied(inner) or inner
    return None
