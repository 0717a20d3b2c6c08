"""Two crons have one name.

Why:
    Convex knows a cron by its name. The second registration of a name throws, and the deploy fails.

Bad:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("clean up", { hours: 1 }, internal.jobs.cleanSessions);
    crons.interval("clean up", { hours: 2 }, internal.jobs.cleanFiles); // <- CX406
    export default crons;
    ```

Good:
    ```ts
    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("clean up sessions", { hours: 1 }, internal.jobs.cleanSessions);
    crons.interval("clean up files", { hours: 2 }, internal.jobs.cleanFiles);
    export default crons;
    ```

Way out:
    Name each cron after the function that it runs.

Exceptions:
    - The same name in two arms of an `if`, of which one runs.
    - Names that are not written as a constant.
    - Crons of a component beside those of the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.project import Project
from scaffold.rules._nodes import walk
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.wiring import Cron


@rule("CX406", "duplicate-cron", Project, level=Level.ERROR, by_module="any")
def duplicate_cron(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each cron whose name another one before it has."""
    first: dict[str, Cron] = {}
    for cron in project.crons:
        if not isinstance(cron.name, str):
            continue
        other = first.setdefault(cron.name, cron)
        if other is cron or _exclude(cron, other):
            continue
        yield rule.finding(
            cron.module.at(cron.name_node),
            f"cron `{cron.name}` is registered twice, and the deploy fails",
            way_out="give this one another name, such as that of the function it runs",
            symbol=cron.name,
            evidence=(Evidence(other.module.at(other.name_node), "the first one"),),
        )


def _exclude(one: Cron, other: Cron) -> bool:
    """Whether they stand in two arms of one condition."""
    if one.module is not other.module:
        return False
    branches = (
        node for node in walk(*one.module.facts.body) if isinstance(node, n.If | n.Conditional | n.Switch)
    )
    return any(
        _within(one, first) and _within(other, second)
        for branch in branches
        for first, second in _pairs(_arms(branch))
    )


def _arms(branch: n.If | n.Conditional | n.Switch) -> list[tuple[n.Node, ...]]:
    match branch:
        case n.If(then=then, other=other):
            return [then, other]
        case n.Conditional(then=then, other=other):
            return [(then,), (other,)]
        case n.Switch(cases=cases):
            return [(case,) for case in cases]


def _pairs(arms: list[tuple[n.Node, ...]]) -> Iterator[tuple[tuple[n.Node, ...], tuple[n.Node, ...]]]:
    return ((one, other) for one in arms for other in arms if one is not other)


def _within(cron: Cron, nodes: tuple[n.Node, ...]) -> bool:
    return any(node.start <= cron.call.start and cron.call.end <= node.end for node in nodes)
