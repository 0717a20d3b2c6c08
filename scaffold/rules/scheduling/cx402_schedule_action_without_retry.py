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
    - An outbox: the action is told of a document that is inserted beside the call, and a cron reads such
      documents and schedules or runs the same action for them.
    - The same where both leave the work to one helper.
    - A cron that runs the same action, where that reads a table which is written beside the call.
    - A call without arguments of an action that a cron comes to run too: the same job, sooner.
    - A workpool whose options retry, or that tells somebody by `onComplete`; one that does neither is
      reported with medium confidence.
    - Targets that are chosen at run time, as in a retry wrapper.
    - With medium confidence: actions that tell how things go (`analytics`, `trackEvent`), those that seed
      what is only to try things with (`seed:all`, `addFixture`), and those that stream the answer of a
      model to who asked (`saveStreamDeltas`): that it broke off is seen there. The same for those that make
      each call outside again where it fails, as the retrier would (`fetchWithRetry`, a loop over attempts),
      that drop failures of what is only tidied up (`catch {}`), that a cron schedules at least each hour
      for whatever it finds, or that a mutation looks after later
      (`runAfter(TIMEOUT, internal.jobs.failStale, { job })`, or a cron whose `resetStuck` sets the
      `status` that the action sets of the document that it is told of). So is what is sent to see whether
      it arrives (`sendTestEmail`).
    - Crons: the next run is the retry.
    - Components: those that retry are made of such calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins
from msgspec.structs import replace

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function, Kind
from scaffold.model.project import Project
from scaffold.model.steps import External, OtherCall, Schedule
from scaffold.model.values import Definition
from scaffold.rules.rule import Rule, rule
from scaffold.rules.scheduling._attempts import drops_failures, tries_again
from scaffold.rules.scheduling._coming_back import is_looked_after, minded
from scaffold.rules.scheduling._sweeps import Lost, Minding, Sweep, come_to, lost, reached_from, sweeps
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body

# What is told to see how things go: one less changes nothing for anybody.
_TELLS = regex(
    r"analytics|telemetry|metrics|posthog|mixpanel|index_?now|(?:^|[:/])(?:track|capture)(?-i:(?![a-z]))",
    re.IGNORECASE,
)
# What is only made to try things with.
_SAMPLES = regex(
    r"(?:^|[/:])(?:dev)?_?[sS]eed(?![a-z])|(?:^|[/:])fixture|Fixture(?!s?[a-z])|:_*(?:send_?)?[tT]est(?=[A-Z_])"
)
_OPTIONS = 3  # `enqueueAction(ctx, function, arguments, options)`


def _all(project: Project, rule: Rule) -> Iterator[Any]:
    """Calls without a retry, with what their callers leave in tables; and what crons do again."""
    for schedule in project.steps(Schedule):
        action = project.resolve(schedule.target)
        if action is not None and action.kind is Kind.ACTION:
            for finding in _unretried(schedule, action, rule):
                yield to_builtins(lost(finding, schedule, action))
    for cron in project.crons:
        functions = come_to(cron)
        yield from map(to_builtins, sweeps(cron, functions))
        if fields := minded(functions):
            yield to_builtins(Minding(sorted(fields)))


@rule("CX402", "schedule-action-without-retry", Project, level=Level.WARNING, gather=_all)
def schedule_action_without_retry(project: Project, rule: Rule) -> Iterator[Finding]:  # noqa: ARG001
    """Calls of the scheduler whose target is an action without a retry, each place once."""
    rows = convert(rule.gathered, list[Lost | Sweep | Minding])
    calls = [row for row in rows if isinstance(row, Lost)]
    every = [row for row in rows if isinstance(row, Sweep)]
    cared_for = {field for row in rows if isinstance(row, Minding) for field in row.fields}
    working = [sweep for sweep in every if any(sweep.makes_up_for(call) for call in calls)]
    found: dict[Place, Finding] = {}
    for call in calls:
        if not any(sweep.makes_up_for(call) or sweep.begins(call) for sweep in working):
            finding = call.finding
            if any(sweep.soon_begins(call) for sweep in every) or not cared_for.isdisjoint(call.noted):
                finding = replace(finding, confidence=Confidence.MEDIUM)
            found.setdefault(finding.place, finding)
    yield from found.values()


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
        confidence=Confidence.MEDIUM if _is_no_loss(schedule, action) else Confidence.HIGH,
    )


def _is_no_loss(schedule: Schedule, action: Function) -> bool:
    """Whether little is lost with the action, or somebody sees to it."""
    return (
        any(words.search(action.identifier) for words in (_TELLS, _SAMPLES))
        or any(test(action) for test in (_is_watched, tries_again, drops_failures))
        or is_looked_after(schedule)
    )


def _is_watched(action: Function) -> bool:
    """Whether somebody sees what it makes while it does: `streamText(prompt, { saveStreamDeltas: true })`.

    A second try would begin the answer anew below the first.
    """
    return any(
        isinstance(reached.step, OtherCall | External) and any(map(_saves_deltas, reached.step.arguments))
        for reached in action.reached
    )


def _saves_deltas(argument: n.Expression) -> bool:
    if not isinstance(argument, n.Object):
        return False
    return any(part.key == "saveStreamDeltas" for part in argument.properties)


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
    return any(found is action for found in reached_from(action, (Schedule,)))
