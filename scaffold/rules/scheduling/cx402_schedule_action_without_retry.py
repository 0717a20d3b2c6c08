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
    - A workpool whose options retry, or that tells somebody by `onComplete`; one that does neither is
      reported with medium confidence.
    - Targets that are chosen at run time, as in a retry wrapper.
    - Crons: the next run is the retry.
    - Components: those that retry are made of such calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.function import Function, Kind
from scaffold.model.steps import Run, Schedule
from scaffold.model.values import Definition
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body

_HOPS = 3
_OPTIONS = 3  # `enqueueAction(ctx, function, arguments, options)`


@rule("CX402", "schedule-action-without-retry", Schedule, level=Level.WARNING, by_module="any")
def schedule_action_without_retry(schedule: Schedule, rule: Rule) -> Iterator[Finding]:
    """One call of the scheduler, if its target is an action without a retry."""
    if schedule.via == "workpool" and schedule.method == "enqueueAction":
        yield from _enqueued(schedule, rule)
    if schedule.via != "scheduler" or schedule.body.project.component:
        return
    action = schedule.body.project.resolve(schedule.target)
    if action is None or action.kind is not Kind.ACTION or not action.builder.resolved:
        return
    if _retries_itself(action):
        return
    project = schedule.body.project
    owner = next((function for function, _ in project.owners(schedule)), None)
    who = owner.identifier if owner else schedule.body.module.name
    yield rule.finding(
        schedule.place,
        f"action `{action.identifier}` is scheduled directly and is lost if it fails",
        way_out=f"hand `{action.identifier}` to the action retrier, a workpool with retries or a workflow",
        symbol=f"{who} {action.identifier}",
        evidence=(Evidence(action.place, "Convex runs a scheduled action at most once"),),
    )


def _enqueued(schedule: Schedule, rule: Rule) -> Iterator[Finding]:
    """An action handed to a workpool that is told nowhere to retry, nor whom to tell."""
    body, call = schedule.body, schedule.node
    action = body.project.resolve(schedule.target)
    if action is None or action.kind is not Kind.ACTION or not isinstance(call, n.Call):
        return
    options = call.arguments[3] if len(call.arguments) > _OPTIONS else None
    pool = _pool(body, call)
    if (
        pool is None
        or not _lacks(options, "retry", "onComplete")
        or not _lacks(pool, "retryActionsByDefault")
    ):
        return
    yield rule.finding(
        schedule.place,
        f"action `{action.identifier}` is enqueued without a retry and is lost if it fails",
        way_out="pass `{ retry: true }`, or make the pool with `retryActionsByDefault: true`",
        symbol=f"{body.module.name}:{body.name} {action.identifier}",
        evidence=(Evidence(action.place, "the workpool runs it at most once"),),
        confidence=Confidence.MEDIUM,
    )


def _pool(body: Body, call: n.Call) -> n.Object | None:
    """The options of the workpool that a call is made on."""
    if not isinstance(call.callee, n.Member):
        return None
    match body.value(call.callee.object):
        case Definition(node=n.Call(new=True, arguments=(_, n.Object() as options))):
            return options
    return None


def _lacks(options: n.Expression | None, *keys: str) -> bool:
    """Whether options surely have none of the keys."""
    if options is None:
        return True
    if not isinstance(options, n.Object):
        return False
    return all(part.key is not None and part.key not in keys for part in options.properties)


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
