"""A mutation catches an error after a write and goes on, so half of the work is committed.

Why:
    A mutation that throws is rolled back as a whole. A catch that only logs takes that away: the writes
    before the error stay, those behind it are missing, and the caller is told that all went well.

Bad:
    ```ts
    // convex/transfers.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const transfer = mutation({
      args: { from: v.id("accounts"), to: v.id("accounts") },
      handler: async (ctx, { from, to }) => {
        try {
          await ctx.db.patch(from, { balance: 0 });
          await ctx.db.patch(to, { balance: 100 });
        } catch (error) { // <- CX306
          console.error(error);
        }
      },
    });
    ```

Good:
    ```ts
    // convex/transfers.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const transfer = mutation({
      args: { from: v.id("accounts"), to: v.id("accounts") },
      handler: async (ctx, { from, to }) => {
        try {
          await ctx.db.patch(from, { balance: 0 });
          await ctx.db.patch(to, { balance: 100 });
        } catch (error) {
          console.error(error);
          throw error;
        }
      },
    });
    ```

Way out:
    Let the error through, or rethrow it after logging. To keep what went well and drop only a part, move
    that part into an internal mutation and call it with `ctx.runMutation`: it is rolled back alone.

Exceptions:
    - A catch that throws, returns something, sets a variable, or writes what failed.
    - A try with nothing in it that could fail after its last write.
    - A nested `ctx.runMutation`: it is a transaction of its own.
    - Actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import (
    FunctionCall,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Schedule,
    Step,
    Storage,
    Throw,
    TryFrame,
    Use,
    Write,
)
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body

_FALLIBLE = (Write, Read, Get, Run, Schedule, Storage, HelperCall, FunctionCall, OtherCall, Throw)
_LOGGERS = {
    "log", "error", "warn", "info", "debug", "trace", "captureException", "captureMessage", "report",
    "reportError", "logError", "logWarning", "logger", "capture",
}  # fmt: skip
_THROWERS = {"parse"}


@rule("CX306", "swallowed-error-commits", Project, level=Level.WARNING)
def swallowed_error_commits(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each try that a mutation comes to, whose handler forgets the error after a write."""
    for body in project.bodies:
        for node in _tries(body):
            write = _write_before_failure(body, node)
            if write is None or not _forgets(node):
                continue
            found = next(ways(write, {Kind.MUTATION}), None)
            if found is None:
                continue
            yield rule.finding(
                body.module.place(*_catch(node, body)),
                f"mutation `{found.function.identifier}` goes on after an error, "
                "and commits the writes before it",
                way_out="rethrow after logging, or move the part that may fail into an internal mutation and "
                "call it with `ctx.runMutation`",
                symbol=f"{found.function.identifier} catch",
                evidence=(Evidence(write.place, "this write is committed"), *found.evidence()),
                confidence=found.confidence if isinstance(write, Write) else Confidence.MEDIUM,
            )


def _tries(body: Body) -> list[n.Try]:
    """The try statements with a catch around any step, in order."""
    found = {
        frame.node.start: frame.node
        for step in body.steps
        for frame in step.frames
        if isinstance(frame, TryFrame) and frame.node.catches
    }
    return [found[start] for start in sorted(found)]


def _inside(body: Body, node: n.Try) -> list[Step]:
    """The steps in the tried part whose errors this catch would get, in order."""
    return [step for step in body.steps if _innermost(step) is node]


def _innermost(step: Step) -> n.Try | None:
    frames = (frame for frame in reversed(step.frames) if isinstance(frame, TryFrame))
    return next((frame.node for frame in frames if frame.part == "body" and frame.node.catches), None)


def _write_before_failure(body: Body, node: n.Try) -> Step | None:
    """The first write with something behind it, or around it in a loop, that can fail."""
    inside = _inside(body, node)
    for place, step in enumerate(inside):
        if not _writes(step):
            continue
        loops = any(frame.node.start > node.start for frame in step.loops)
        if loops or any(_can_fail(later) for later in inside[place + 1 :]):
            return step
    return None


def _writes(step: Step) -> bool:
    return isinstance(step, Write) or (
        isinstance(step, HelperCall) and any(isinstance(each, Write) for each in _behind(step))
    )


def _can_fail(step: Step) -> bool:
    if isinstance(step, HelperCall):
        return step.callee is None or any(map(_fails_itself, _behind(step)))
    return _fails_itself(step)


def _fails_itself(step: Step) -> bool:
    if isinstance(step, OtherCall):
        return step.use is Use.AWAITED or step.name.rpartition(".")[2] in _THROWERS
    if isinstance(step, HelperCall):
        return step.callee is None
    return isinstance(step, _FALLIBLE)


def _behind(call: HelperCall) -> Iterator[Step]:
    """The steps of a helper and of those it calls, each once: helpers may call one another in a circle."""
    seen: set[Body] = set()
    pending = [call.callee]
    while pending:
        body = pending.pop()
        if body is None or body in seen:
            continue
        seen.add(body)
        for step in body.steps:
            yield step
            if isinstance(step, HelperCall):
                pending.append(step.callee)


def _forgets(node: n.Try) -> bool:
    """Whether the handler does nothing but log."""
    return all(_is_nothing(statement) for statement in node.handler)


def _is_nothing(statement: n.Statement) -> bool:
    match statement:
        case n.Do(value=value):
            return _is_log(value)
        case n.Return(value=None) | n.Leave():
            return True
        case n.Return(value=n.Constant(value=None | "undefined" | True)):
            return True
        case n.Block(body=body):
            return all(map(_is_nothing, body))
        case n.If(then=then, other=other):
            return all(map(_is_nothing, (*then, *other)))
        case n.Declare(value=value):
            return not isinstance(value, n.Await)
    return False


def _is_log(value: n.Expression) -> bool:
    match value:
        case n.Await(value=inner) | n.Unary(operator="void", value=inner):
            return _is_log(inner)
        case n.Call(callee=n.Member(property=name) | n.Name(name=name)):
            return name in _LOGGERS
    return False


def _catch(node: n.Try, body: Body) -> tuple[int, int]:
    """Where the word `catch` stands."""
    end = node.handler[0].start if node.handler else node.end
    if node.parameter is not None:
        end = node.parameter.start
    start = body.module.lines.source.rfind(b"catch", node.start, end)
    return (start, start + len(b"catch")) if start >= 0 else (node.start, node.end)
