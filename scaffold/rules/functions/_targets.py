"""What functions call, schedule and run by the clock, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.steps import Run, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.project import Project
    from scaffold.model.steps import Target


class Hand(msgspec.Struct, frozen=True):
    """A function handed to Convex to be run. `how` is what the code calls, as in `ctx.runMutation`."""

    place: Place
    target: Target
    how: str
    symbol: str
    deferred: bool


def handed(project: Project) -> Iterator[Hand]:
    """Every function that a project hands to `ctx.run*`, a scheduler, a component's queue or a cron."""
    for run in project.steps(Run):
        yield Hand(run.place, run.target, f"ctx.{run.method}", _stands(run), deferred=False)
    for schedule in project.steps(Schedule):
        how = f"ctx.scheduler.{schedule.method}" if schedule.via == "scheduler" else f"the {schedule.via}"
        yield Hand(schedule.place, schedule.target, how, _stands(schedule), deferred=True)
    for cron in project.crons:
        symbol = f"{cron.module.name} {cron.name if isinstance(cron.name, str) else cron.method}"
        yield Hand(cron.place, cron.target, f"crons.{cron.method}", symbol, deferred=True)


def _stands(step: Run | Schedule) -> str:
    return f"{step.body.module.name}:{step.body.name}"
