"""What functions call, schedule and run by the clock, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.steps import Run, Schedule
from scaffold.model.values import Definition, Mixed, Reference
from scaffold.rules.functions._forwarding import forwarded
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.project import Project
    from scaffold.model.steps import HelperCall, Target


class Hand(msgspec.Struct, frozen=True):
    """A function handed to Convex to be run. `how` is what the code calls, as in `ctx.runMutation`."""

    place: Place
    target: Target
    how: str
    symbol: str
    deferred: bool


def handed(project: Project) -> Iterator[Hand]:
    """Every function that a project hands to `ctx.run*`, a scheduler, a component's queue or a cron.

    Also by way of a helper of its own that has it run: that is where it is handed on.
    """
    for run in project.steps(Run):
        for target in _chosen(run):
            yield Hand(run.place, target, f"ctx.{run.method}", _stands(run), deferred=False)
    for schedule in project.steps(Schedule):
        how = f"ctx.scheduler.{schedule.method}" if schedule.via == "scheduler" else f"the {schedule.via}"
        for target in _chosen(schedule):
            yield Hand(schedule.place, target, how, _stands(schedule), deferred=True)
    for given in forwarded(project):
        yield Hand(given.place, given.target, given.call.name, _stands(given.call), deferred=given.deferred)
    for cron in project.crons:
        symbol = f"{cron.module.name} {cron.name if isinstance(cron.name, str) else cron.method}"
        yield Hand(cron.place, cron.target, f"crons.{cron.method}", symbol, deferred=True)


def _chosen(step: Run | Schedule) -> Iterator[Target]:
    """The function that a step hands on, or each of those that it may be: `soft ? api.a : internal.b`."""
    value = step.body.value(step.target_node) if not isinstance(step.target_node, n.Member) else None
    if not isinstance(value, Mixed):
        yield step.target
        return
    yield from {part: None for part in value.values if isinstance(part, Reference | Definition)}


def _stands(step: Run | Schedule | HelperCall) -> str:
    return f"{step.body.module.name}:{step.body.name}"
