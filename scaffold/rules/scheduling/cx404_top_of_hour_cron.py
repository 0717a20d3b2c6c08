"""A cron runs at the top of the hour.

Why:
    Minute 0 is when everybody's jobs run and most requests come in: the job competes with them, at
    Convex and at whatever service it calls.

Bad:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.daily("clean up", { hourUTC: 3, minuteUTC: 0 }, internal.jobs.cleanUp); // <- CX404
    export default crons;
    ```

Good:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.daily("clean up", { hourUTC: 3 }, internal.jobs.cleanUp);
    export default crons;
    ```

Way out:
    Leave out `minuteUTC`: Convex picks a minute and keeps it (before convex 1.43, name an odd minute
    yourself). Write another minute into a cron expression, or use `crons.interval`.

Exceptions:
    - Intervals, and expressions as `*/15 * * * *` that run all through the hour.
    - Minutes that are not written as a constant.
    - Medium confidence: the first minute of a month or a year, which is what such a job waits for.
    - A job that has to run at the full hour: suppress the finding and say why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

from scaffold.core.findings import Confidence, Edit, Fix, Level
from scaffold.core.patterns import regex
from scaffold.model.options import part_of
from scaffold.model.values import Definition, Literal
from scaffold.model.wiring import Cron
from scaffold.rules._nodes import shown
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.module import Module

_MINUTE_0 = regex(r"0+([-/]|$)")
_FIELDS = 5
_MAY_OMIT = (1, 43)
_QUIET_FROM, _QUIET_MINUTES = 7, 47  # 7 to 53: away from the full hour on both sides


@rule(
    "CX404",
    "top-of-hour-cron",
    Cron,
    level=Level.WARNING,
    mapped=("@convex-dev/no-top-of-hour-crons",),
    by_module="any",
)
def top_of_hour_cron(cron: Cron, rule: Rule) -> Iterator[Finding]:
    """One cron, if its minute is 0."""
    schedule = shown(cron.module, cron.schedule)
    name = cron.name if isinstance(cron.name, str) else cron.method
    if cron.method == "cron" and isinstance(schedule, n.String):
        if not _runs_at_0(schedule.value):
            return
        place, fix = cron.module.at(schedule), _new_expression(cron.module, schedule, name)
    elif cron.method != "cron" and isinstance(schedule, n.Object):
        minute = part_of(schedule, "minuteUTC")
        if minute is None or not _is_0(cron.module, minute.value):
            return
        if minute.start <= minute.value.start:
            place, fix = cron.module.at(minute), _without_minute(cron.module, schedule, minute, name)
        else:  # of a list above, whose other items need what is written here
            place, fix = cron.module.at(minute.value), None
    elif cron.schedule is not None and _is_0_elsewhere(cron, cron.schedule):
        place, fix = cron.module.at(cron.schedule), None
    else:
        return
    yield rule.finding(
        place,
        f"cron `{name}` runs at the top of the hour, when everybody's jobs run",
        way_out=_way_out(cron, name),
        symbol=name,
        fix=fix,
        confidence=Confidence.MEDIUM if _begins_month(schedule) else Confidence.HIGH,
    )


def _begins_month(schedule: n.Expression | None) -> bool:
    """Whether it runs when a month or a year begins, which is what it waits for: `0 0 1 8 *`."""
    match schedule:
        case n.String(value=text):
            return text.split()[1:3] == ["0", "1"]
        case n.Object():
            parts = [part_of(schedule, key) for key in ("day", "hourUTC")]
            days = [part.value.value for part in parts if part and isinstance(part.value, n.Number)]
            return days == [1, 0]
    return False


def _way_out(cron: Cron, name: str) -> str:
    if cron.method != "cron" and _may_omit(cron.module):
        return "leave out `minuteUTC`: Convex then picks a minute and keeps it"
    return f"choose another minute, such as {_quiet_minute(name)}"


def _runs_at_0(expression: str) -> bool:
    fields = expression.split()
    return len(fields) == _FIELDS and any(_MINUTE_0.match(part) for part in fields[0].split(","))


def _is_0_elsewhere(cron: Cron, schedule: n.Expression) -> bool:
    """Whether a schedule that another file declares has the minute 0."""
    match cron.module.project.resolver.evaluate(cron.module, schedule):
        case Literal(value=str(expression)):
            return cron.method == "cron" and _runs_at_0(expression)
        case Definition(module=module, node=n.Object() as literal):
            minute = part_of(literal, "minuteUTC")
            return cron.method != "cron" and minute is not None and _is_0(module, minute.value)
    return False


def _is_0(module: Module, node: n.Expression) -> bool:
    value = module.project.resolver.evaluate(module, node)
    return isinstance(value, Literal) and isinstance(value.value, float) and value.value == 0


def _quiet_minute(name: str) -> int:
    """A minute for a name, always the same one."""
    return _QUIET_FROM + crc32(name.encode()) % _QUIET_MINUTES


def _may_omit(module: Module) -> bool:
    found = re.match(r"\D*(\d{1,9})\.(\d{1,9})", module.project.version)
    return found is None or (int(found[1]), int(found[2])) >= _MAY_OMIT


def _without_minute(module: Module, schedule: n.Object, minute: n.Property, name: str) -> Fix | None:
    if not _may_omit(module):
        edit = Edit(module.path, minute.value.start, minute.value.end, str(_quiet_minute(name)))
        return Fix("choose another minute", (edit,), safe=isinstance(minute.value, n.Number))
    parts = schedule.properties
    at = parts.index(minute)
    if at + 1 < len(parts):
        start, end = minute.start, parts[at + 1].start
    elif at > 0:
        start, end = parts[at - 1].end, minute.end
    else:
        start, end = schedule.start + 1, schedule.end - 1
    lost = module.lines.source[start:end]
    if b"//" in lost or b"/*" in lost:
        return None
    return Fix("leave out `minuteUTC`", (Edit(module.path, start, end, ""),), safe=True)


def _new_expression(module: Module, schedule: n.String, name: str) -> Fix | None:
    """Another minute for an expression whose only minute is 0; which one, nobody asked the author."""
    source = module.lines.source[schedule.start : schedule.end]
    found = re.match(rb"([\"'`]\s*)0+(?=\s)", source)
    if found is None:
        return None
    start = schedule.start + found.end(1)
    edit = Edit(module.path, start, schedule.start + found.end(), str(_quiet_minute(name)))
    return Fix(f"run it at minute {_quiet_minute(name)}", (edit,))
