"""A cron runs more than once a minute.

Why:
    A cron runs whether there is work or not. One every ten seconds makes 259,200 calls a month, keeps the
    deployment awake and conflicts with whatever writes the same documents.

Bad:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("poll", { seconds: 10 }, internal.jobs.poll); // <- CX405
    export default crons;
    ```

Good:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("poll", { minutes: 5 }, internal.jobs.poll);
    export default crons;
    ```

Way out:
    Schedule the work where it comes up: `ctx.scheduler.runAfter` in the mutation that makes it necessary.
    Keep a slow cron as the safety net. `minimum-seconds` under `[rules.CX405]` moves the line.

Exceptions:
    - Intervals of a minute and more.
    - Intervals that are not written as a constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Level
from scaffold.model.wiring import Cron
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_SECONDS_A_MONTH = 30 * 24 * 60 * 60


@rule("CX405", "hot-cron", Cron, level=Level.WARNING, by_module="any")
def hot_cron(cron: Cron, rule: Rule) -> Iterator[Finding]:
    """One cron, if its interval is short."""
    minimum = rule.setting("minimum-seconds", 60)
    if cron.seconds is None or not 0 < cron.seconds < minimum:
        return
    name = cron.name if isinstance(cron.name, str) else cron.method
    calls = round(_SECONDS_A_MONTH / cron.seconds)
    yield rule.finding(
        cron.place,
        f"cron `{name}` runs every {_interval(cron.seconds)}, which is {calls:,} calls a month",
        way_out="schedule the work from the mutation that causes it with `ctx.scheduler.runAfter`, and keep "
        f"a cron of {minimum} seconds or more as the safety net",
        symbol=name,
    )


def _interval(seconds: float) -> str:
    return "second" if seconds == 1 else f"{seconds:g} seconds"
