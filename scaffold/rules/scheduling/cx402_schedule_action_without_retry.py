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
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import convert, to_builtins
from msgspec.structs import replace

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function, Kind
from scaffold.model.project import Project
from scaffold.model.steps import (
    External,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Return,
    Run,
    Schedule,
    Step,
    Write,
)
from scaffold.model.values import Definition, Parameter, Unknown
from scaffold.rules._ways import results
from scaffold.rules.rule import Rule, rule
from scaffold.rules.scheduling._attempts import drops_failures, tries_again
from scaffold.rules.scheduling._coming_back import asks_the_same, is_looked_after, minded, noted, runs_often
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.wiring import Cron

_S = TypeVar("_S", bound=Step)
_HOPS = 3
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


def _all(project: Project, rule: Rule) -> Iterator[list[Any]]:
    """Calls without a retry, with what their callers leave in tables; and what crons do again."""
    for schedule in project.steps(Schedule):
        action = project.resolve(schedule.target)
        if action is not None and action.kind is Kind.ACTION:
            for finding in _unretried(schedule, action, rule):
                bare = _is_bare(schedule.arguments)
                yield [
                    "lost",
                    to_builtins(finding),
                    _works(action),
                    _callers(schedule),
                    bare,
                    _is_steady(schedule),
                    sorted(noted(action)),
                ]
    for cron in project.crons:
        functions = _come_to(cron)
        yield from (["swept", *row] for row in _sweeps(cron, functions))
        yield from (["minded", field] for field in sorted(minded(functions)))


@rule("CX402", "schedule-action-without-retry", Project, level=Level.WARNING, gather=_all)
def schedule_action_without_retry(project: Project, rule: Rule) -> Iterator[Finding]:  # noqa: ARG001
    """Calls of the scheduler whose target is an action without a retry, each place once."""
    lost = [row for what, *row in rule.gathered if what == "lost"]
    sweeps = [row for what, *row in rule.gathered if what == "swept"]
    cared_for = {row[0] for what, *row in rule.gathered if what == "minded"}
    working = [sweep for sweep in sweeps if any(_is_swept(row, sweep) for row in lost)]
    found: dict[Place, Finding] = {}
    for row in lost:
        if not any(_is_swept(row, sweep) or _is_sweep(row, sweep) for sweep in working):
            finding = convert(row[0], Finding)
            if any(_is_soon_again(row, sweep) for sweep in sweeps) or not cared_for.isdisjoint(row[-1]):
                finding = replace(finding, confidence=Confidence.MEDIUM)
            found.setdefault(finding.place, finding)
    yield from found.values()


def _is_swept(lost: list[Any], sweep: list[Any]) -> bool:
    """Whether a cron does the same for what each caller leaves in a table."""
    _, works, callers, bare, *_ = lost
    again, tables, by_itself, _, _ = sweep
    if again not in works:
        return False
    left = [written if by_itself else inserted for _, written, inserted in callers]
    return bare or (bool(left) and all(not set(tables).isdisjoint(each) for each in left))


def _is_sweep(lost: list[Any], sweep: list[Any]) -> bool:
    """Whether it is the call by which a cron does it again: the next run makes up for it."""
    _, works, callers, *_ = lost
    again, _, _, sweepers, _ = sweep
    return again in works and bool(callers) and all(caller in sweepers for caller, _, _ in callers)


def _is_soon_again(lost: list[Any], sweep: list[Any]) -> bool:
    """Whether it is the call by which a cron does it at least each hour, for whatever it finds then."""
    *_, steady, _ = lost
    *_, often = sweep
    return bool(steady and often) and _is_sweep(lost, sweep)


def _is_steady(schedule: Schedule) -> bool:
    return all(asks_the_same(function) for function, _ in schedule.body.project.owners(schedule))


def _works(action: Function) -> list[str]:
    """What an action is, and the helper that it leaves all of its work to."""
    steps = (reached.step for reached in action.reached if not reached.via and not reached.prelude)
    match [step for step in steps if not isinstance(step, Return)]:
        case [HelperCall(callee=callee)] if callee is not None:
            return [action.identifier, _key(callee)]
    return [action.identifier]


def _key(helper: Body) -> str:
    return f"{helper.module.path} {helper.name}"


def _is_bare(arguments: n.Expression | None) -> bool:
    return arguments is None or (isinstance(arguments, n.Object) and not arguments.properties)


def _callers(schedule: Schedule) -> list[list[Any]]:
    """The functions that come to a call: the tables that each writes to, and those of what the call is about.

    The latter are those of inserted documents among the arguments, or all, where a helper was given them.
    """
    body = schedule.body
    told = [each.step for each in results(schedule.arguments, body)]
    about = [step.table for step in told if isinstance(step, Write) and step.operation == "insert"]
    given = any(isinstance(value, Parameter) for value in body.origins(schedule.arguments))
    found = []
    for function, _ in body.project.owners(schedule):
        written = list(_steps(function, Write))
        inserted = [step.table for step in written if step.operation == "insert"]
        of_call = about or (inserted if given else [])
        found.append([function.identifier, _names(step.table for step in written), _names(of_call)])
    return found


def _come_to(cron: Cron) -> list[Function]:
    """The function that a cron runs, and those that this one comes to."""
    first = cron.module.project.resolve(cron.target)
    return [] if first is None else [first, *_reached(first, _HOPS, (Run, Schedule))]


def _sweeps(cron: Cron, functions: list[Function]) -> Iterator[list[Any]]:
    """What a cron does again: the action, the tables it does so for, whether it is its own, and by whom."""
    if not functions:
        return
    first = functions[0]
    names = sorted({function.identifier for function in functions})
    often = runs_often(cron)
    if first.kind is Kind.ACTION:
        yield [first.identifier, _names(_read(functions)), True, names, often]
    for function in functions:
        for call in _calls(function):
            target = call.body.project.resolve(call.target)
            if target is not None and target.kind is Kind.ACTION:
                yield [target.identifier, _names(_told(call.arguments, call.body)), False, names, often]
        for helped in _steps(function, HelperCall) if function.kind is Kind.ACTION else ():
            if helped.callee is not None and helped.callee.name:
                told = chain.from_iterable(_told(each, helped.body) for each in helped.arguments)
                yield [_key(helped.callee), _names(told), False, names, often]


def _told(arguments: n.Expression | None, body: Body) -> Iterator[str | Unknown]:
    """The tables whose documents a call is given, read there or by a query that is run for them."""
    for result in results(arguments, body):
        match result.step:
            case Read(table=table) | Get(table=table):
                yield table
            case Run(target=target):
                query = body.project.resolve(target)
                yield from _read([query] if query is not None else [])


def _read(functions: Iterable[Function]) -> Iterator[str | Unknown]:
    return (read.table for function in functions for read in _steps(function, Read))


def _calls(function: Function) -> Iterator[Schedule | Run]:
    yield from _steps(function, Schedule)
    yield from _steps(function, Run)


def _steps(function: Function, kind: type[_S]) -> Iterator[_S]:
    return (reached.step for reached in function.steps(kind) if isinstance(reached.step, kind))


def _names(tables: Iterable[str | Unknown]) -> list[str]:
    return sorted({table for table in tables if isinstance(table, str)})


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
    return any(found is action for found in _reached(action, _HOPS, (Schedule,)))


def _reached(function: Function, hops: int, kinds: tuple[type[Run | Schedule], ...]) -> Iterator[Function]:
    """What a function calls by these kinds of steps, itself or in what it runs and schedules."""
    for call in _calls(function):
        target = call.body.project.resolve(call.target)
        if target is None:
            continue
        if isinstance(call, kinds):
            yield target
        if hops and target is not function:
            yield from _reached(target, hops - 1, kinds)
