"""A query reads the clock.

Why:
    The clock of a query stands still, and the query does not run again when time passes: a subscriber sees
    what was true when a document last changed. A result that saw the clock is also hardly cached, so every
    subscriber costs a run of its own.

Bad:
    ```ts
    // convex/events.ts
    import { query } from "./_generated/server";

    export const upcoming = query({
      args: {},
      handler: async (ctx) => {
        const now = Date.now(); // <- CX302
        return await ctx.db
          .query("events")
          .withIndex("by_startsAt", (q) => q.gt("startsAt", now))
          .take(20);
      },
    });
    ```

Good:
    ```ts
    // convex/events.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const upcoming = query({
      args: { now: v.number() },
      handler: async (ctx, { now }) => {
        return await ctx.db
          .query("events")
          .withIndex("by_startsAt", (q) => q.gt("startsAt", now))
          .take(20);
      },
    });
    ```

Way out:
    Let the caller pass the time, rounded to what the page needs (a minute, an hour), or let a scheduled
    mutation write a flag when the moment comes and read that.

Exceptions:
    - Mutations and actions, and helpers that only these reach.
    - `new Date(timestamp)` of a stored or given time.
    - A clock that is handed on without being called.
    - With medium confidence: a clock that only stamps a line of the log.
    - Internal queries are reported with medium confidence: an action that asks once is not left waiting.
    - Packages that format or compare given times; those that ask for the present (`dayjs()`, `isPast(…)`)
      are clocks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import Clock, External, HelperCall, OtherCall, Step
from scaffold.model.values import Context
from scaffold.rules._ways import Way, ways
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_SNAPSHOT = "getSnapshotTs"
_LOGS = regex(r"_?(?:log|debug|info|warn|error|trace)(?-i:(?![a-z]))", re.IGNORECASE)
# What packages call the present: without arguments, and with a time to compare it with.
_NOW = {
    "dayjs": {"default", "utc"},
    "moment": {"default", "utc"},
    "moment-timezone": {"default"},
    "luxon": {"now", "utc", "local"},
    "date-fns": {"startOfToday", "endOfToday", "startOfTomorrow", "startOfYesterday"},
}
_RELATIVE = {
    "date-fns": {"formatDistanceToNow", "isPast", "isFuture", "isToday", "isThisWeek", "isThisMonth"},
}


@rule("CX302", "clock-in-query", Project, level=Level.WARNING, by_module="any")
def clock_in_query(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each read of the clock that a query comes to, once."""
    for step, what in _clocks(project):
        found = min(ways(step, {Kind.QUERY}), key=lambda way: not _can_be_watched(way), default=None)
        if found is None:
            continue
        yield rule.finding(
            step.place,
            f"query `{found.function.identifier}` reads the clock with `{what}`",
            way_out="take the time as an argument, rounded by the caller, or store a flag that a scheduled "
            "mutation flips",
            symbol=f"{found.function.identifier} {what}",
            evidence=found.evidence(),
            confidence=found.confidence
            if _can_be_watched(found) and not _is_for_log(found)
            else Confidence.MEDIUM,
        )


def _is_for_log(way: Way) -> bool:
    """Whether a line of the log is stamped with it, by a helper that gives nothing back."""
    helper = way.reached.via[-1] if way.reached.via else None
    return helper is not None and _LOGS.match(helper.name) is not None and not _answers(helper)


def _answers(helper: HelperCall) -> bool:
    return helper.callee is None or any(True for _ in helper.callee.returns())


def _can_be_watched(way: Way) -> bool:
    """Whether clients can subscribe to the query, and so be left with an old answer."""
    return way.function.public and not way.function.module.project.component


def _clocks(project: Project) -> Iterator[tuple[Step, str]]:
    for clock in project.steps(Clock):
        yield clock, clock.what
    for call in project.steps(OtherCall):
        if call.name == _SNAPSHOT and isinstance(call.value, Context):
            yield call, f"{_SNAPSHOT}()"
    for use in project.steps(External):
        name = use.path[-1] if use.path else ""
        if not use.arguments and name in _NOW.get(use.package, ()):
            yield use, f"{use.package if name == 'default' else name}()"
        elif name in _RELATIVE.get(use.package, ()):
            yield use, f"{name}()"
