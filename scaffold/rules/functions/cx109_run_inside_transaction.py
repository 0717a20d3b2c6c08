"""A query or mutation calls another function of its project through `ctx.runQuery` or `ctx.runMutation`.

Why:
    Within a transaction such a call gains nothing: it starts a JavaScript context of its own, checks and
    copies arguments and result, and runs in the same transaction all the same. A plain TypeScript function
    that takes `ctx` is faster and typed all through.

Bad:
    ```ts
    // convex/teams.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalQuery, query } from "./_generated/server";

    export const owner = internalQuery({
      args: { team: v.id("teams") },
      handler: async (ctx, { team }) => (await ctx.db.get("teams", team))?.owner ?? null,
    });

    export const show = query({
      args: { team: v.id("teams") },
      handler: async (ctx, { team }) => {
        return { owner: await ctx.runQuery(internal.teams.owner, { team }) }; // <- CX109
      },
    });
    ```

Good:
    ```ts
    // convex/teams.ts
    import { v } from "convex/values";
    import type { Id } from "./_generated/dataModel";
    import { query, type QueryCtx } from "./_generated/server";

    async function ownerOf(ctx: QueryCtx, team: Id<"teams">) {
      return (await ctx.db.get("teams", team))?.owner ?? null;
    }

    export const show = query({
      args: { team: v.id("teams") },
      handler: async (ctx, { team }) => ({ owner: await ownerOf(ctx, team) }),
    });
    ```

Way out:
    Move the body of the called function into a plain function that takes `ctx`, and call that.

Exceptions:
    - Functions of components: there is no other way to call them.
    - A mutation in `try`, with `.catch(…)` or in `Promise.allSettled`: when it throws, only its own writes
      roll back.
    - A call with options of its own (`transactionLimits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.steps import ClosureFrame, HelperCall, Run, TryFrame
from scaffold.model.values import Reference
from scaffold.rules._names import address, symbol
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.steps import Step

_OPTIONS = 3  # the function, its arguments, options


@rule("CX109", "run-inside-transaction", Run, level=Level.WARNING, by_module="all")
def run_inside_transaction(run: Run, rule: Rule) -> Iterator[Finding]:
    """Calls within a transaction that a plain function would do."""
    project = run.body.project
    if run.method not in {"runQuery", "runMutation"} or not isinstance(run.target, Reference):
        return
    called = project.resolve(run.target)
    callers = [function for function, _ in project.owners(run)]
    if called is None or not callers or not all(caller.transactional for caller in callers):
        return
    if _has_options(run) or (run.method == "runMutation" and _may_fail_alone(run)):
        return
    yield rule.finding(
        run.place,
        f"`{callers[0].identifier}` is in a transaction already; `ctx.{run.method}` only adds "
        f"the cost of a call to `{called.identifier}`",
        way_out=f"move the body of `{called.name}` into a plain function that takes `ctx`, and call that "
        f"instead of `{address(called)}`",
        symbol=symbol(run, called.identifier),
        evidence=(Evidence(called.place, f"`{called.identifier}` is registered here"),),
    )


def _has_options(run: Run) -> bool:
    return isinstance(run.node, n.Call) and len(run.node.arguments) >= _OPTIONS


def _may_fail_alone(run: Run) -> bool:
    """Whether a caller goes on when the mutation throws: a partial rollback."""
    helpers = (call for _, reached in run.body.project.owners(run) for call in reached.via)
    return any(_is_caught(step) for step in (run, *helpers))


def _is_caught(step: Step) -> bool:
    for frame in step.frames:
        if isinstance(frame, TryFrame) and frame.part == "body" and frame.node.catches:
            return True
        if isinstance(frame, ClosureFrame) and frame.call is not None and _catches(step.body, frame.call):
            return True
    return any(
        node.start <= step.node.start < step.node.end < node.end and _survives(node)
        for node in walk_all(step.body.function.body)
        if isinstance(node, n.Call)
    )


def _catches(body: Body, call: n.Call) -> bool:
    """Whether a helper that is given a function takes its failure: `attempt(() => …)`."""
    step = body.result(call)
    if not isinstance(step, HelperCall) or step.callee is None:
        return False
    return any(
        (isinstance(node, n.Try) and node.catches) or (isinstance(node, n.Call) and _survives(node))
        for node in walk_all(step.callee.function.body)
    )


def _survives(call: n.Call) -> bool:
    """Whether a call around a promise takes its failure: `.catch(…)`, `.then(…, …)`, `allSettled`."""
    if not isinstance(call.callee, n.Member):
        return False
    name = call.callee.property
    return name in {"catch", "allSettled"} or (name == "then" and len(call.arguments) > 1)
