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
    - Functions of components, and those that a package makes: there is no other way to call them. What
      `crud` of convex-helpers makes is one statement, which anybody can write.
    - A mutation in `try`, with `.catch(…)` or in `Promise.allSettled`: when it throws, only its own writes
      roll back. Not where the error is thrown again.
    - A call with options of its own (`transactionLimits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.steps import Run
from scaffold.model.values import Reference
from scaffold.rules._caught import is_caught
from scaffold.rules._names import address, symbol
from scaffold.rules._ways import comes_to
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function

_OPTIONS = 3  # the function, its arguments, options


@rule("CX109", "run-inside-transaction", Run, level=Level.WARNING, by_module="all")
def run_inside_transaction(run: Run, rule: Rule) -> Iterator[Finding]:
    """Calls within a transaction that a plain function would do."""
    project = run.body.project
    if run.method not in {"runQuery", "runMutation"} or not isinstance(run.target, Reference):
        return
    called = project.resolve(run.target)
    if called is None or called.package or not all(each.transactional for each, _ in project.owners(run)):
        return
    callers = [function for function, reached in project.owners(run) if comes_to(function, reached)]
    if not callers:
        return
    if _has_options(run) or (run.method == "runMutation" and _may_fail_alone(run)):
        return
    yield rule.finding(
        run.place,
        f"`{callers[0].identifier}` is in a transaction already; `ctx.{run.method}` only adds "
        f"the cost of a call to `{called.identifier}`",
        way_out=_way_out(called),
        symbol=symbol(run, called.identifier),
        evidence=(Evidence(called.place, f"`{called.identifier}` is registered here"),),
    )


def _way_out(called: Function) -> str:
    if called.handler is None:  # a package made it, and there is no body to move
        return f"do with `ctx.db` what `{called.name}` does, instead of calling `{address(called)}`"
    return (
        f"move the body of `{called.name}` into a plain function that takes `ctx`, and call that instead of "
        f"`{address(called)}`"
    )


def _has_options(run: Run) -> bool:
    return isinstance(run.node, n.Call) and len(run.node.arguments) >= _OPTIONS


def _may_fail_alone(run: Run) -> bool:
    """Whether a caller goes on when the mutation throws: a partial rollback."""
    helpers = (call for _, reached in run.body.project.owners(run) for call in reached.via)
    return any(map(is_caught, (run, *helpers)))
