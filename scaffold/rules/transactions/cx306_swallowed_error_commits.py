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
    - What became of promises, if somebody looks: `const done = await Promise.allSettled(…)`.
    - A nested `ctx.runMutation`: it is a transaction of its own.
    - Actions.
    - Medium confidence: a comment in the catch, which tells that it goes on with open eyes, or one above
      the try that calls it best effort; and a try around one call of a helper, or around all of a helper,
      mostly a side matter; and functions that throw everything away (`purgeAll`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import ClosureFrame, HelperCall, Step, TryFrame, Use, Write
from scaffold.rules._nodes import nodes_of
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule
from scaffold.rules.transactions._forgets import drops, forgets, forgotten
from scaffold.rules.transactions._risks import Risk, first_risk, innermost
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.function import Function

_WIPES = regex(r"purge|wipe|clearAll", re.IGNORECASE)
_COMMENT = regex(rb"(?<!:)//|/\*")
_BEST_EFFORT = regex(
    rb"best.?effort|non.?(critical|blocking|fatal|essential)|(not|n't|never) (fail|block|throw|abort)",
    re.IGNORECASE,
)


class _Loss(msgspec.Struct, frozen=True):
    """What is risked, where the error is forgotten, and whether going on looks meant."""

    risk: Risk
    start: int
    end: int
    meant: bool
    where: tuple[Evidence, ...] = ()


@rule("CX306", "swallowed-error-commits", Project, level=Level.WARNING, by_module="any")
def swallowed_error_commits(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each handler that a mutation comes to and that forgets an error after a write."""
    for body in project.bodies:
        for loss in (*_forgetful_tries(body), *_forgetful_promises(body), *_forgetful_helpers(body)):
            found = next(ways(loss.risk.step, {Kind.MUTATION}), None)
            if found is None:
                continue
            aside = (
                loss.meant
                or (_is_all(body, loss.start) and bool(found.reached.via))
                or _wipes(found.function)
            )
            written = Evidence(loss.risk.write.place, "this write is committed")
            yield rule.finding(
                body.module.place(loss.start, loss.end),
                f"mutation `{found.function.identifier}` goes on after an error, "
                "and commits the writes before it",
                way_out="rethrow after logging, or move the part that may fail into an internal mutation and "
                "call it with `ctx.runMutation`",
                symbol=f"{found.function.identifier} catch",
                evidence=(written, *loss.where, *found.evidence()),
                confidence=Confidence.MEDIUM if aside else found.confidence,
            )


def _forgetful_tries(body: Body) -> Iterator[_Loss]:
    """Try statements."""
    inside = _inside(body)
    for start, node in sorted(_tries(body).items()):
        risk = first_risk(inside.get(start, []), start) if forgets(node, body) else None
        if risk is not None:
            yield _Loss(risk, *_catch(node, body), meant=_is_meant(node, body))


def _wipes(function: Function) -> bool:
    """Whether a function by its name throws everything away, half of it or all."""
    return _WIPES.search(function.name) is not None


def _is_all(body: Body, catch: int) -> bool:
    """Whether a function is one try as a whole, which keeps its errors to itself."""
    match body.function.body:
        case (n.Try(start=start, end=end),):
            return start <= catch < end
    return False


def _is_meant(node: n.Try, body: Body) -> bool:
    """Whether a comment says that it goes on, or only one call of a helper is tried."""
    end = node.last[0].start if node.last else node.end
    if _COMMENT.search(body.module.lines.source[_catch(node, body)[1] : end]) or _is_told(node.start, body):
        return True
    match node.body:
        case (n.Do(value=value) | n.Declare(value=value) | n.Return(value=value),):
            value = value.value if isinstance(value, n.Assign) else value
            value = value.value if isinstance(value, n.Await) else value
            return value is not None and isinstance(body.result(value), HelperCall)
    return False


def _is_told(start: int, body: Body) -> bool:
    """Whether a comment above says that what follows is done as well as it goes."""
    above = body.module.lines.source[:start].rstrip().rpartition(b"\n")[2].strip()
    return above.startswith((b"//", b"*", b"/*")) and _BEST_EFFORT.search(above) is not None


def _forgetful_promises(body: Body) -> Iterator[_Loss]:
    """`await settle(ctx).catch(log)`, where `settle` writes twice, or `await Promise.all(…).catch(log)`."""
    function = body.function
    if not body.calls and not any(isinstance(step, Write) for step in body.steps):
        return
    source = body.module.lines.source[function.start : function.end]
    catches = b".catch" in source or b".allSettled" in source
    for node in nodes_of(body, n.Call) if catches else ():
        match node:
            case n.Call(callee=n.Member(object=inner, property="catch"), arguments=(handler, *_)):
                step = body.result(inner)
                called = isinstance(step, HelperCall)
                if drops(handler) and (called or _is_dropped(node, body)):
                    risk = first_risk([step] if step and called else _steps_of(inner, body), inner.start)
                    if risk is not None:
                        yield _Loss(risk, node.at, node.end, meant=called or _is_told(node.start, body))
            case n.Call(callee=n.Member(property="allSettled"), arguments=(tried,)):
                risk = first_risk(_steps_of(tried, body), node.start) if _is_dropped(node, body) else None
                if risk is not None:
                    yield _Loss(risk, node.at, node.end, meant=_is_told(node.start, body))
            case _:
                pass


def _forgetful_helpers(body: Body) -> Iterator[_Loss]:
    """`await safely(async () => …)`, where `safely` forgets the error of what it is given to do."""
    for call in body.calls:
        for index, given in enumerate(call.arguments if call.callee is not None else ()):
            if not isinstance(given, n.Function) or not _is_dropped(call.node, body):
                continue
            handler = forgotten(call.callee, index)
            risk = first_risk(_steps_of(given, body), given.start) if handler is not None else None
            if handler is not None and risk is not None:
                yield _Loss(
                    risk,
                    call.node.start,
                    call.node.end,
                    meant=_is_told(call.node.start, body) or _is_aside(given, body),
                    where=(Evidence(handler, "the error is kept here"),),
                )


def _is_aside(given: n.Function, body: Body) -> bool:
    """Whether a function only calls helpers, all of them at once: mostly a side matter."""
    writes = (step for step in _steps_of(given, body) if isinstance(step, Write))
    return len(given.body) == 1 and not any(writes)


def _is_dropped(node: n.Node, body: Body) -> bool:
    """Whether nobody looks at what a call gives."""
    values = (each.value for each in nodes_of(body, n.Do))
    return any((each.value if isinstance(each, n.Await) else each) is node for each in values)


def _steps_of(node: n.Node, body: Body) -> list[Step]:
    """The steps in an expression whose errors leave it."""
    found: list[Step] = []
    for step in body.steps:
        if node.start <= step.node.start and step.node.end <= node.end:
            around = innermost(step)
            if around is None or around.start < node.start:
                found.append(step)
    return found


def _tries(body: Body) -> dict[int, n.Try]:
    """The try statements with a catch around any step, by where they start."""
    return {
        frame.node.start: frame.node
        for step in body.steps
        for frame in step.frames
        if isinstance(frame, TryFrame) and frame.node.catches
    }


def _inside(body: Body) -> dict[int, list[Step]]:
    """The steps whose errors a catch would get, in order, by where its try starts."""
    found: dict[int, list[Step]] = {}
    for step in body.steps:
        node = innermost(step)
        if node is not None and not _is_handed_on(step):
            found.setdefault(node.start, []).append(step)
    return found


def _is_handed_on(step: Step) -> bool:
    """Whether its promise is returned as it is: `return save(ctx)` has left the try before it fails."""
    if step.use is not Use.RETURNED or not isinstance(step, Write | HelperCall):
        return False
    if isinstance(step, HelperCall) and (step.callee is None or not step.callee.function.is_async):
        return False
    frame = next(each for each in reversed(step.frames) if isinstance(each, TryFrame | ClosureFrame))
    return isinstance(frame, TryFrame)


def _catch(node: n.Try, body: Body) -> tuple[int, int]:
    """Where the word `catch` stands."""
    end = node.handler[0].start if node.handler else node.end
    if node.parameter is not None:
        end = node.parameter.start
    start = body.module.lines.source.rfind(b"catch", node.start, end)
    return (start, start + len(b"catch")) if start >= 0 else (node.start, node.end)
