"""A registered function is used itself, instead of its address.

Why:
    `ctx.runMutation`, the scheduler and crons take an address (`internal.messages.send`); a registered
    function is not one, and the call fails. Calling a registered function as if it were a helper skips its
    validators, and Convex warns that it will stop working.

Bad:
    ```ts
    // convex/orders.ts
    import { v } from "convex/values";
    import { internalMutation, mutation } from "./_generated/server";

    export const expire = internalMutation({
      args: { order: v.id("orders") },
      handler: async (ctx, { order }) => {
        await ctx.db.patch("orders", order, { state: "expired" });
      },
    });

    export const place = mutation({
      args: {},
      handler: async (ctx) => {
        const order = await ctx.db.insert("orders", { state: "open" });
        await ctx.scheduler.runAfter(60_000, expire, { order }); // <- CX106
      },
    });
    ```

Good:
    ```ts
    // convex/orders.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalMutation, mutation } from "./_generated/server";

    export const expire = internalMutation({
      args: { order: v.id("orders") },
      handler: async (ctx, { order }) => {
        await ctx.db.patch("orders", order, { state: "expired" });
      },
    });

    export const place = mutation({
      args: {},
      handler: async (ctx) => {
        const order = await ctx.db.insert("orders", { state: "open" });
        await ctx.scheduler.runAfter(60_000, internal.orders.expire, { order });
      },
    });
    ```

Way out:
    Pass the address. Where the code itself is wanted, move it into a plain function that both call.

Exceptions:
    - With medium confidence: an HTTP action that is called. It has no validators that would be skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import FunctionCall
from scaffold.model.values import Definition
from scaffold.rules._names import address, symbol
from scaffold.rules.functions._targets import handed
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding


@rule("CX106", "direct-function-reference", Project, level=Level.ERROR, by_module="any")
def direct_function_reference(project: Project, rule: Rule) -> Iterator[Finding]:
    """Registered functions that are passed or called themselves."""
    yield from _passed(project, rule)
    yield from _called(project, rule)


def _passed(project: Project, rule: Rule) -> Iterator[Finding]:
    for hand in handed(project):
        function = project.resolve(hand.target) if isinstance(hand.target, Definition) else None
        if function is not None:
            yield rule.finding(
                hand.place,
                f"`{hand.how}` is given the function `{function.name}` itself; it takes an address",
                way_out=f"pass `{address(function)}`",
                symbol=f"{hand.symbol} {function.identifier}",
                evidence=(Evidence(function.place, f"`{function.identifier}` is registered here"),),
            )


def _called(project: Project, rule: Rule) -> Iterator[Finding]:
    for step in project.steps(FunctionCall):
        function = project.resolve(step.target)
        if function is not None:
            http = function.kind is Kind.HTTP  # it has none, and does all the same
            yield rule.finding(
                step.place,
                f"the registered {function.kind.value} `{function.name}` is called as if it were a helper"
                + ("" if http else ", which skips its validators"),
                way_out=f"move its body into a plain function, and call that here and in `{function.name}`",
                symbol=symbol(step, function.identifier),
                evidence=(Evidence(function.place, f"`{function.identifier}` is registered here"),),
                confidence=Confidence.MEDIUM if http else Confidence.HIGH,
            )
