"""A query or mutation measures time with a clock that stands still.

Why:
    Within a query or mutation `Date.now()` gives the time at which the function started, however long it
    runs: two readings are always equal, and the measured duration is always 0. So is `performance.now()` in
    queries.

Bad:
    ```ts
    // convex/search.ts
    import { query } from "./_generated/server";

    export const recent = query({
      args: {},
      handler: async (ctx) => {
        const start = Date.now();
        const found = await ctx.db.query("messages").order("desc").take(20);
        console.log("took", Date.now() - start); // <- CX704
        return found;
      },
    });
    ```

Good:
    ```ts
    // convex/search.ts
    import { query } from "./_generated/server";

    export const recent = query({
      args: {},
      handler: async (ctx) => {
        console.time("recent");
        const found = await ctx.db.query("messages").order("desc").take(20);
        console.timeEnd("recent");
        return found;
      },
    });
    ```

Way out:
    Use `console.time` and `console.timeEnd`, which print real milliseconds to the log; in a mutation
    `performance.now()` advances too. The `execution_time_ms` of log streams needs no code at all.

Exceptions:
    - Actions and HTTP actions have a real clock; so a helper that they share is not reported.
    - `performance.now()` in a mutation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import Clock, HelperCall, OtherCall
from scaffold.model.values import Closure, Computed, Parameter, Result
from scaffold.rules._names import symbol
from scaffold.rules._nodes import nodes_of
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import Step

    Way = tuple[HelperCall, ...]

_READINGS = {"getTime", "valueOf"}


@rule("CX704", "frozen-latency", Project, level=Level.WARNING, by_module="all")
def frozen_latency(project: Project, rule: Rule) -> Iterator[Finding]:
    """Differences of two readings of a clock that stands still."""
    seen: set[tuple[str, int]] = set()
    for body in project.bodies:
        clocks = [step for step in body.steps if _read_by(step) is not None]
        if not clocks or not _may_measure(clocks):
            continue
        for node in walk_all(body.function.body):
            key = (body.module.path, node.start)
            if isinstance(node, n.Binary) and node.operator == "-" and key not in seen:
                finding = _difference(body, node, rule)
                if finding is not None:
                    seen.add(key)
                    yield finding


def _may_measure(clocks: list[Step]) -> bool:
    """Whether two readings can meet here: both of this body, or one that a helper was given."""
    owners = clocks[0].body.project.owners(clocks[0])
    if not owners or not all(function.transactional for function, _ in owners):
        return False
    return len(clocks) > 1 or any(reached.via for _, reached in owners)


def _difference(body: Body, node: n.Binary, rule: Rule) -> Finding | None:
    first = _reading(body, node.right, ())
    read = _reading(body, node.left, ()) or first
    clock = _read_by(read) if read is not None else None
    owners = body.project.owners(read) if read is not None else ()
    if read is None or clock is None or not owners:
        return None
    if not all(_frozen(function, body, node, reached.via) for function, reached in owners):
        return None
    function = owners[0][0]
    return rule.finding(
        body.module.at(node),
        f"this duration is always 0: `{clock.what}` stands still in {function.kind.value} "
        f"`{function.identifier}`",
        way_out=_way_out(function),
        symbol=symbol(read, body.module.text(node)),
        evidence=(Evidence(first.place, "the clock was read first here"),) if first is not None else (),
    )


def _frozen(function: Function, body: Body, node: n.Binary, via: Way) -> bool:
    """Whether both sides are readings of a clock that stands still in this function."""
    if not function.transactional:
        return False
    sides = (_reading(body, node.left, via), _reading(body, node.right, via))
    return all(side is not None and _stands_still(side, function) for side in sides)


def _stands_still(read: Step, function: Function) -> bool:
    clock = _read_by(read)
    return clock is not None and (function.kind is Kind.QUERY or not clock.what.startswith("performance"))


def _read_by(step: Step) -> Clock | None:
    """The clock that a step reads: itself, or by a function that does nothing else, `() => Date.now()`."""
    match step:
        case Clock():
            return step
        case HelperCall(callee=callee, target=Closure(node=node)) if callee is None:
            return _only_read(step.body, node)
        case HelperCall(callee=callee) if callee is not None:
            return _only_read(callee, callee.function)
    return None


def _only_read(body: Body, function: n.Function) -> Clock | None:
    match function.body:
        case (n.Return(value=n.Call(callee=n.Member(object=n.Call() as made, property=name))),) if (
            name in _READINGS
        ):
            given = body.value(made)
        case (n.Return(value=value),) if value is not None:
            given = body.value(value)
        case _:
            return None
    return given.step if isinstance(given, Result) and isinstance(given.step, Clock) else None


def _reading(body: Body, node: n.Expression | None, via: Way) -> Step | None:
    """The reading that an expression is: itself, by a variable, or by a parameter of a helper."""
    if isinstance(node, n.Unary) and node.operator == "+":
        return _reading(body, node.value, via)
    if isinstance(node, n.Name) and node.name in _moved(body):
        return None
    value = body.value(node)
    match value:
        case Result(step=step, path=()) if _read_by(step) is not None:
            return step
        case Computed(node=n.Unary() as inner) if inner is not node:
            return _reading(body, inner, via)
        case Result(step=OtherCall(name=name, node=n.Call(callee=n.Member(object=inner))), path=()):
            return _reading(body, inner, via) if name in _READINGS else None
        case Parameter(index=index, path=()) if via and index < len(via[-1].arguments):
            return _reading(via[-1].body, via[-1].arguments[index], via[:-1])
    return None


@lru_cache(maxsize=256)
def _moved(body: Body) -> frozenset[str]:
    """The names of dates that are moved to another time: `start.setHours(18)`."""
    called = (node.callee for node in nodes_of(body, n.Call) if isinstance(node.callee, n.Member))
    return frozenset(
        method.object.name
        for method in called
        if method.property.startswith("set") and isinstance(method.object, n.Name)
    )


def _way_out(function: Function) -> str:
    if function.kind is Kind.MUTATION:
        return 'use `performance.now()`, or `console.time("…")` and `console.timeEnd("…")`'
    return 'use `console.time("…")` and `console.timeEnd("…")`, which print real milliseconds'
