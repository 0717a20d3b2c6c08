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
    - Medium confidence: a comment in the catch, which tells that it goes on with open eyes, or one above
      the try that calls it best effort; and a try around one call of a helper, or around all of a helper,
      mostly a side matter; and functions that throw everything away (`purgeAll`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import HelperCall, Step, TryFrame
from scaffold.rules._nodes import LOGGERS, walk
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule
from scaffold.rules.transactions._risks import Risk, first_risk, innermost
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.function import Function

_TELLERS = LOGGERS | {"report", "reportError", "logError", "logWarning", "logger", "capture"}

_WIPES = regex(r"purge|wipe|clearAll", re.IGNORECASE)
_COMMENT = regex(rb"(?<!:)//|/\*")
_BEST_EFFORT = regex(
    rb"best.?effort|non.?(critical|blocking|fatal|essential)|(not|n't|never) (fail|block|throw|abort)",
    re.IGNORECASE,
)


@rule("CX306", "swallowed-error-commits", Project, level=Level.WARNING, by_module="any")
def swallowed_error_commits(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each handler that a mutation comes to and that forgets an error after a write."""
    for body in project.bodies:
        for risk, start, end, meant in (*_forgetful_tries(body), *_forgetful_promises(body)):
            found = next(ways(risk.step, {Kind.MUTATION}), None)
            if found is None:
                continue
            aside = meant or (_is_all(body, start) and bool(found.reached.via)) or _wipes(found.function)
            yield rule.finding(
                body.module.place(start, end),
                f"mutation `{found.function.identifier}` goes on after an error, "
                "and commits the writes before it",
                way_out="rethrow after logging, or move the part that may fail into an internal mutation and "
                "call it with `ctx.runMutation`",
                symbol=f"{found.function.identifier} catch",
                evidence=(Evidence(risk.write.place, "this write is committed"), *found.evidence()),
                confidence=Confidence.MEDIUM if aside else found.confidence,
            )


def _forgetful_tries(body: Body) -> Iterator[tuple[Risk, int, int, bool]]:
    """What is risked, where the catch stands, and whether going on looks meant."""
    inside = _inside(body)
    for start, node in sorted(_tries(body).items()):
        risk = first_risk(inside.get(start, []), start) if _forgets(node, body) else None
        if risk is not None:
            yield (risk, *_catch(node, body), _is_meant(node, body))


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
    source = body.module.lines.source
    end = node.last[0].start if node.last else node.end
    above = source[: node.start].rstrip().rpartition(b"\n")[2].strip()
    if _COMMENT.search(source[_catch(node, body)[1] : end]) or (
        above.startswith((b"//", b"*", b"/*")) and _BEST_EFFORT.search(above)
    ):
        return True
    match node.body:
        case (n.Do(value=value) | n.Declare(value=value) | n.Return(value=value),):
            value = value.value if isinstance(value, n.Assign) else value
            value = value.value if isinstance(value, n.Await) else value
            return value is not None and isinstance(body.result(value), HelperCall)
    return False


def _forgetful_promises(body: Body) -> Iterator[tuple[Risk, int, int, bool]]:
    """`await settle(ctx).catch(console.error)`, where `settle` writes twice."""
    function = body.function
    catches = b".catch" in body.module.lines.source[function.start : function.end]
    for node in walk(function) if catches and body.calls else ():
        match node:
            case n.Call(callee=n.Member(object=inner, property="catch"), arguments=(handler, *_)):
                step = body.result(inner)
                if isinstance(step, HelperCall) and _drops(handler):
                    risk = first_risk([step], step.node.start)
                    if risk is not None:
                        yield risk, node.at, node.end, True
            case _:
                pass


def _drops(handler: n.Expression) -> bool:
    match handler:
        case n.Function(body=body):
            return all(map(_is_nothing, body))
        case n.Member(property=name) | n.Name(name=name):
            return name in _TELLERS
    return False


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
        if node is not None:
            found.setdefault(node.start, []).append(step)
    return found


def _forgets(node: n.Try, body: Body) -> bool:
    """Whether the handler does nothing but log, itself or by a helper."""
    return all(_is_nothing(statement) or _only_logs(statement, body) for statement in node.handler)


def _only_logs(statement: n.Statement, body: Body) -> bool:
    """Whether a statement calls a helper of the project that does nothing but log."""
    if not isinstance(statement, n.Do):
        return False
    value = statement.value.value if isinstance(statement.value, n.Await) else statement.value
    step = body.result(value)
    if not isinstance(step, HelperCall) or step.callee is None:
        return False
    return all(map(_is_nothing, step.callee.function.body))


def _is_nothing(statement: n.Statement) -> bool:
    match statement:
        case n.Do(value=value):
            return _is_log(value)
        case n.Return(value=None) | n.Leave():
            return True
        case n.Return(value=n.Constant(value=None | "undefined" | True)):
            return True
        case n.Return(value=n.Object(properties=properties)):
            return any(_says_well(part) for part in properties)
        case n.Return(value=value, implicit=True) if value is not None:
            return _is_log(value)
        case n.Block(body=body):
            return all(map(_is_nothing, body))
        case n.If(then=then, other=other):
            return all(map(_is_nothing, (*then, *other)))
        case n.Declare(value=value):
            return not isinstance(value, n.Await)
    return False


def _says_well(part: n.Property) -> bool:
    """`ok: true`, `success: true`."""
    return (
        part.key in {"ok", "success", "done"}
        and isinstance(part.value, n.Constant)
        and part.value.value is True
    )


def _is_log(value: n.Expression) -> bool:
    match value:
        case n.Await(value=inner) | n.Unary(operator="void", value=inner):
            return _is_log(inner)
        case n.Call(callee=n.Member(property=name) | n.Name(name=name)):
            return name in _TELLERS
    return False


def _catch(node: n.Try, body: Body) -> tuple[int, int]:
    """Where the word `catch` stands."""
    end = node.handler[0].start if node.handler else node.end
    if node.parameter is not None:
        end = node.parameter.start
    start = body.module.lines.source.rfind(b"catch", node.start, end)
    return (start, start + len(b"catch")) if start >= 0 else (node.start, node.end)
