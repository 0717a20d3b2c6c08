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
    - An outbox: what is scheduled is written to a table as well, and a cron reads that table and runs or
      schedules the same action.
    - A workpool whose options retry, or that tells somebody by `onComplete`; one that does neither is
      reported with medium confidence.
    - Targets that are chosen at run time, as in a retry wrapper.
    - Crons: the next run is the retry.
    - Components: those that retry are made of such calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.model.function import Function, Kind
from scaffold.model.project import Project
from scaffold.model.steps import Read, Run, Schedule, Write
from scaffold.model.values import Definition
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.wiring import Cron

_HOPS = 3
_OPTIONS = 3  # `enqueueAction(ctx, function, arguments, options)`


def _all(project: Project, rule: Rule) -> Iterator[list[Any]]:
    """Calls without a retry, with the tables that their callers write to; and what each cron comes to."""
    for schedule in project.steps(Schedule):
        action = project.resolve(schedule.target)
        if action is not None and action.kind is Kind.ACTION:
            for finding in _unretried(schedule, action, rule):
                yield ["lost", to_builtins(finding), action.identifier, _callers(schedule)]
    for cron in project.crons:
        yield ["swept", *_sweep(cron)]


@rule("CX402", "schedule-action-without-retry", Project, level=Level.WARNING, gather=_all)
def schedule_action_without_retry(project: Project, rule: Rule) -> Iterator[Finding]:  # noqa: ARG001
    """Calls of the scheduler whose target is an action without a retry, each place once."""
    lost = [row for what, *row in rule.gathered if what == "lost"]
    sweeps = [row for what, *row in rule.gathered if what == "swept"]
    working = [(row[1], each) for row in lost for each in sweeps if _is_swept(row, each)]
    found: dict[Place, Finding] = {}
    for row in lost:
        known = [sweep for action, sweep in working if action == row[1]]
        if not any(_is_swept(row, each) or _sweeps(row, each) for each in known):
            finding = convert(row[0], Finding)
            found.setdefault(finding.place, finding)
    yield from found.values()


def _is_swept(lost: list[Any], sweep: list[Any]) -> bool:
    """Whether a cron comes to the same action, and reads a table that each caller writes to."""
    _, action, callers = lost
    names, tables = sweep
    return action in names and bool(callers) and all(not set(tables).isdisjoint(each) for _, each in callers)


def _sweeps(lost: list[Any], sweep: list[Any]) -> bool:
    """Whether a call is made by a cron that sweeps the action's outbox, and which comes again."""
    _, _, callers = lost
    names, _ = sweep
    return bool(callers) and all(caller in names for caller, _ in callers)


def _callers(schedule: Schedule) -> list[list[Any]]:
    """The functions that come to a call, each with the tables that it writes to."""
    owners = schedule.body.project.owners(schedule)
    return [[function.identifier, _tables(function, Write)] for function, _ in owners]


def _sweep(cron: Cron) -> tuple[list[str], list[str]]:
    """The functions that a cron comes to, and the tables that these read."""
    first = cron.module.project.resolve(cron.target)
    functions = [first, *_scheduled(first, _HOPS, runs=True)] if first is not None else []
    names = {function.identifier for function in functions}
    return sorted(names), sorted({table for each in functions for table in _tables(each, Read)})


def _tables(function: Function, kind: type[Read | Write]) -> list[str]:
    found = (reached.step for reached in function.reached if isinstance(reached.step, kind))
    return sorted({step.table for step in found if isinstance(step.table, str)})


def _unretried(schedule: Schedule, action: Function, rule: Rule) -> Iterator[Finding]:
    """One call, if nobody runs its action again when that fails."""
    if schedule.via == "workpool" and schedule.method == "enqueueAction":
        yield from _enqueued(schedule, action, rule)
    if schedule.via != "scheduler" or schedule.body.project.component or not action.builder.resolved:
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


def _enqueued(schedule: Schedule, action: Function, rule: Rule) -> Iterator[Finding]:
    """An action handed to a workpool that is told nowhere to retry, nor whom to tell."""
    body, call = schedule.body, schedule.node
    if not isinstance(call, n.Call):
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


def _scheduled(function: Function, hops: int, *, runs: bool = False) -> Iterator[Function]:
    """What a function schedules, by itself or through what it comes to; with `runs`, what it runs too."""
    project = function.module.project
    for reached in function.reached:
        step = reached.step
        if not isinstance(step, Schedule | Run):
            continue
        target = project.resolve(step.target)
        if target is None:
            continue
        if runs or isinstance(step, Schedule):
            yield target
        if hops and target is not function:
            yield from _scheduled(target, hops - 1, runs=runs)
