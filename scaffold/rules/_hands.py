"""What somebody runs by hand, from the dashboard or a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.model.function import Function
    from scaffold.model.steps import Step


def is_run_by_hand(step: Step) -> bool:
    """Whether only internal functions come to a step that nothing names."""
    owners = [function for function, _ in step.body.project.owners(step)]
    return bool(owners) and all(map(_is_named_by_nobody, owners))


def is_started_by_hand(step: Step) -> bool:
    """Whether they take no arguments, too: another server that calls them would tell them something."""
    owners = (function for function, _ in step.body.project.owners(step))
    return is_run_by_hand(step) and not any(function.arguments for function in owners)


def _is_named_by_nobody(function: Function) -> bool:
    project = function.module.project
    return not (function.public or project.mentions_of(function) or project.is_handed_on(function, "server"))
