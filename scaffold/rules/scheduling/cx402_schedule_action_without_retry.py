"""An action is scheduled directly, so nobody runs it again when it fails.

Why:
    A scheduled mutation runs exactly once. A scheduled action runs at most once: any error, timeout or
    restart ends it for good, and the work that it stood for is lost without a word.

Bad:
    ```ts
    // convex/orders.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, mutation } from "./_generated/server";

    export const place = mutation({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        await ctx.db.insert("orders", { email });
        await ctx.scheduler.runAfter(0, internal.orders.confirm, { email }); // <- CX402
      },
    });

    export const confirm = internalAction({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        await fetch("https://example.com/mail", { method: "POST", body: email });
      },
    });
    ```

Good:
    ```ts
    // convex/orders.ts
    import { ActionRetrier } from "@convex-dev/action-retrier";
    import { v } from "convex/values";
    import { components, internal } from "./_generated/api";
    import { internalAction, mutation } from "./_generated/server";

    const retrier = new ActionRetrier(components.actionRetrier);

    export const place = mutation({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        await ctx.db.insert("orders", { email });
        await retrier.run(ctx, internal.orders.confirm, { email });
      },
    });

    export const confirm = internalAction({
      args: { email: v.string() },
      handler: async (ctx, { email }) => {
        await fetch("https://example.com/mail", { method: "POST", body: email });
      },
    });
    ```

Way out:
    Hand the action to the retrier (`retrier.run(ctx, internal.…, args)`), a workpool with retries, a
    workflow, or the project's own wrapper, and make it safe to repeat.

Exceptions:
    - Mutations: Convex runs them exactly once.
    - An action that schedules itself, or comes to whatever schedules it: it brings its own retry.
    - Targets that are chosen at run time, as in a retry wrapper.
    - Crons: the next run is the retry.
    - Components: those that retry are made of such calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.function import Function, Kind
from scaffold.model.steps import Run, Schedule
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_HOPS = 3


@rule("CX402", "schedule-action-without-retry", Schedule, level=Level.WARNING, by_module="any")
def schedule_action_without_retry(schedule: Schedule, rule: Rule) -> Iterator[Finding]:
    """One call of the scheduler, if its target is an action without a retry."""
    if schedule.via != "scheduler" or schedule.body.project.component:
        return
    action = schedule.body.project.resolve(schedule.target)
    if action is None or action.kind is not Kind.ACTION or not action.builder.resolved:
        return
    if _retries_itself(action):
        return
    owner = next((function for function, _ in schedule.body.project.owners(schedule)), None)
    who = owner.identifier if owner else schedule.body.module.name
    yield rule.finding(
        schedule.place,
        f"action `{action.identifier}` is scheduled directly and is lost if it fails",
        way_out=f"hand `{action.identifier}` to the action retrier, a workpool with retries or a workflow",
        symbol=f"{who} {action.identifier}",
        evidence=(Evidence(action.place, "Convex runs a scheduled action at most once"),),
    )


def _retries_itself(action: Function) -> bool:
    """Whether the action is scheduled again by something that it comes to."""
    return any(found is action for found in _scheduled(action, _HOPS))


def _scheduled(function: Function, hops: int) -> Iterator[Function]:
    project = function.module.project
    for reached in function.reached:
        step = reached.step
        if not isinstance(step, Schedule | Run):
            continue
        target = project.resolve(step.target)
        if target is None:
            continue
        if isinstance(step, Schedule):
            yield target
        if hops and target is not function:
            yield from _scheduled(target, hops - 1)
