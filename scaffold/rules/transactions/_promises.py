"""Which steps give a promise that does something, and where it is let go."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import (
    Auth,
    Cancel,
    ClosureFrame,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Schedule,
    Storage,
    Use,
    Write,
)
from scaffold.model.values import Argument, Closure, Computed, Context, External, Global, Mixed, Result
from scaffold.rules._nodes import nodes_of
from scaffold.source import nodes as n
from scaffold.source.walk import holds, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Step
    from scaffold.model.values import Value

_DEPTH = 6
_TERMINALS = {"collect", "first", "unique", "take", "paginate", "count"}
_ARRAYS = {
    "map",
    "filter",
    "slice",
    "concat",
    "flat",
    "flatMap",
    "keys",
    "values",
    "entries",
    "from",
    "split",
}
_ENTITY_WRITES = {"insert", "insertMany", "patch", "replace", "delete"}
_GATHERERS = {"all", "allSettled", "race", "any"}
_PUSHED = regex(rb"(?<![\w$.])([A-Za-z_$][\w$]*)\.push\(\s*$")
_NAME = 100  # bytes of a name that is looked for


def is_promise(step: Step) -> bool:
    """Whether a step gives a promise of work on the database, the scheduler, the storage or a function.

    To ask who calls is work too: a check that nobody waits for keeps nobody out.
    """
    if isinstance(step, Read):
        return step.terminal in _TERMINALS
    if isinstance(step, HelperCall) and isinstance(step.target, Closure):
        within = inside(step.body, step.target.node) if step.target.node.is_async else ()
        return any(is_work(each) or _calls_work(each) for each in within)
    if isinstance(step, OtherCall):
        return _is_of_component(step) or _is_of_entity(step)
    if isinstance(step, HelperCall):
        callee = step.callee
        return callee is not None and _promises(callee) and (_works(callee, 0) or _is_given_work(step))
    return isinstance(step, Get | Write | Run | Schedule | Cancel | Storage | Auth)


def _is_given_work(call: HelperCall) -> bool:
    """Whether a helper is given a function that does such work: `retried(() => ctx.db.patch(id, fields))`."""
    given = (argument for argument in call.arguments if isinstance(argument, n.Function))
    return any(is_work(each) or _calls_work(each) for one in given for each in inside(call.body, one))


def _calls_work(step: Step) -> bool:
    """Whether a step is a call of a helper of the project that gives such a promise."""
    return isinstance(step, HelperCall) and step.callee is not None and is_promise(step)


def _is_of_component(call: OtherCall) -> bool:
    """Whether a component's client is given the context: `rateLimiter.limit(ctx, …)`."""
    match call.value:
        case External(specifier, path) if specifier.startswith("@convex-dev/") and "()" in path:
            return bool(call.arguments) and call.body.value(call.arguments[0]) == Context()
    return False


def _is_of_entity(call: OtherCall) -> bool:
    """Whether it writes through an entity layer: `ctx.table("tasks").insert(…)`, `task.patch(…)`."""
    if call.name not in _ENTITY_WRITES:
        return False
    value = call.value
    for _ in range(_DEPTH):
        if not isinstance(value, Result) or not isinstance(value.step, OtherCall):
            break
        value = value.step.value
    return isinstance(value, Result) and isinstance(value.step, Read) and _is_table(value.step)


def _is_table(read: Read) -> bool:
    """Whether a read begins with `ctx.table(…)`, as an entity layer has it."""
    match read.root:
        case n.Call(callee=n.Member(object=context, property="table")):
            return read.body.value(context) == Context()
    return False


def _promises(body: Body) -> bool:
    """Whether a helper gives a promise: it is async, or returns one."""
    if body.function.is_async:
        return True
    return any(
        step.use is Use.RETURNED
        and not any(isinstance(frame, ClosureFrame) for frame in step.frames)
        and (is_gatherer(step) or (not isinstance(step, HelperCall) and is_promise(step)))
        for step in body.steps
    )


def _works(body: Body, depth: int) -> bool:
    """Whether a helper comes to such work, itself or through others."""
    if depth > _DEPTH:
        return False
    return any(
        _works(step.callee, depth + 1) if isinstance(step, HelperCall) and step.callee else is_work(step)
        for step in body.steps
    )


def is_work(step: Step) -> bool:
    """Whether a step is such work itself."""
    return not isinstance(step, HelperCall) and is_promise(step)


def inside(body: Body, node: n.Node) -> Iterator[Step]:
    """The steps of a body that stand inside of a node."""
    for step in body.steps:
        if holds(node, step.node) and step.node is not node:
            yield step


def gathered(call: OtherCall) -> Iterator[Step]:
    """The promises that `Promise.all(…)` is given: written there, or kept in a variable before."""
    for step in inside(call.body, call.node):
        if is_promise(step):
            yield step
    for argument in call.arguments:
        if not isinstance(argument, n.Name):
            continue
        for source in call.body.sources(argument):
            yield from (step for step in inside(call.body, source) if is_promise(step))
        yield from (step for step in call.body.steps if _pushed_onto(step) == argument.name)


def _pushed_onto(step: Step) -> str:
    """The list that a promise is pushed onto, "" for none."""
    if step.use is not Use.COLLECTED or not is_promise(step):
        return ""
    start = step.node.start
    found = _PUSHED.search(step.body.module.lines.source, max(0, start - _NAME), start)
    return found[1].decode() if found is not None else ""


def is_array(value: Value) -> bool:
    """Whether a value is surely a plain array, not a query or a stream that has a `map` of its own."""
    match value:
        case Argument() | Computed(n.Array()):
            return True
        case Mixed(values):
            return bool(values) and all(is_array(each) for each in values)
        case Result(Read(terminal=terminal), ()):
            return terminal in {"collect", "take"}
        case Result(Read() | Get(), _):  # a field of a document
            return True
        case Result(OtherCall(name=name), ()):
            return name in _ARRAYS
    return False


def is_gatherer(step: Step) -> bool:
    """Whether a step is `Promise.all(…)` or one of its like."""
    if not isinstance(step, OtherCall):
        return False
    match step.value:
        case Global(("Promise", name)):
            return name in _GATHERERS
    return False


def is_async(step: Step) -> bool:
    """Whether `await` may stand at a step: the function right around it is async."""
    closures = [frame for frame in step.frames if isinstance(frame, ClosureFrame)]
    return closures[-1].node.is_async if closures else step.body.function.is_async


def is_forgotten(step: Step) -> bool:
    """Whether the variable that a step is stored in is never mentioned again, but for its length."""
    declared = [
        each.target
        for each in nodes_of(step.body, n.Declare)
        if each.value is not None and _may_be(each.value, step.node)
    ]
    match declared[-1:]:
        case [n.Name(name=name)]:
            return _mentions(step.body)[name] == 1
    return False


@lru_cache(maxsize=256)
def _mentions(body: Body) -> Counter[str]:
    """How often each name is mentioned in a function, but for its length."""
    mentions = Counter(node.name for node in nodes_of(body, n.Name))
    mentions.subtract(
        node.object.name
        for node in nodes_of(body, n.Member)
        if node.property == "length" and isinstance(node.object, n.Name)
    )
    return mentions


def _may_be(value: n.Expression, node: n.Node) -> bool:
    """Whether a variable is given a call: always, or by one arm of `done ? jobs.map(…) : []`."""
    match value:
        case n.Conditional(then=then, other=other):
            return _may_be(then, node) or _may_be(other, node)
        case n.Binary(operator="&&" | "||" | "??", left=left, right=right):
            return _may_be(left, node) or _may_be(right, node)
    return value.start == node.start


def is_heaped(step: Step) -> bool:
    """Whether it is pushed onto a list of which only the length is asked: `jobs.push(ctx.db.patch(…))`."""
    name, is_made, others = _pushed_onto(step), False, 0
    if not name:
        return False
    for node in walk(step.body.function):
        match node:
            case n.Declare(target=n.Name(name=found), value=n.Array(items=())) if found == name:
                is_made, others = True, others - 1
            case n.Member(object=n.Name(name=found), property="push" | "length") if found == name:
                others -= 1
            case n.Name(name=found) if found == name:
                others += 1
            case _:
                pass
    return is_made and not others
