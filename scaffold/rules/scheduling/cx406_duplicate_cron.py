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
    - Medium confidence: a name that two files give, to crons that a function is handed; one of them may not
      be called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.places import Place
from scaffold.model.project import Project
from scaffold.rules._nodes import walk
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.wiring import Cron

_DEPLOYED = "crons"  # the one file whose crons Convex takes


def _named(project: Project, rule: Rule) -> Iterator[list[Any]]:  # noqa: ARG001 - one signature for all
    """The names of crons and where they stand, without those that another arm of a condition has too."""
    first: dict[str, Cron] = {}
    for cron in project.crons:
        if isinstance(cron.name, str):
            other = first.setdefault(cron.name, cron)
            if other is cron or not _exclude(cron, other):
                place = cron.module.at(cron.name_node)
                yield [cron.name, cron.module.name, _is_in_function(cron), to_builtins(place)]


@rule("CX406", "duplicate-cron", Project, level=Level.ERROR, gather=_named)
def duplicate_cron(project: Project, rule: Rule) -> Iterator[Finding]:  # noqa: ARG001 - one signature for all
    """Each cron whose name another one before it has."""
    first: dict[tuple[str, str], tuple[str, Place]] = {}
    for name, module, inside, where in rule.gathered:
        place = convert(where, Place)
        key = (name, "" if inside or module == _DEPLOYED else module)
        if key not in first:
            first[key] = module, place
            continue
        home, other = first[key]
        yield rule.finding(
            place,
            f"cron `{name}` is registered twice, and the deploy fails",
            way_out="give this one another name, such as that of the function it runs",
            symbol=name,
            evidence=(Evidence(other, "the first one"),),
            confidence=Confidence.HIGH if home == module else Confidence.MEDIUM,
        )


def _is_in_function(cron: Cron) -> bool:
    """Whether a function registers it on crons that it is given."""
    around = [node for node in cron.module.body if holds(node, cron.call)]
    return any(isinstance(node, n.Function) and holds(node, cron.call) for node in walk(*around))


def _exclude(one: Cron, other: Cron) -> bool:
    """Whether they stand in two arms of one condition."""
    if one.module is not other.module:
        return False
    branches = (node for node in walk(*one.module.body) if isinstance(node, n.If | n.Conditional | n.Switch))
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
    return any(holds(node, cron.call) for node in nodes)
