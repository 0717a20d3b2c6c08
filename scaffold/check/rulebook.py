"""All rules of a run: ours, those of installed packages, and those in the team's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ConfigurationError
from scaffold.rules import packages

if TYPE_CHECKING:
    from scaffold.check.config import CheckConfig
    from scaffold.rules.registry import Registry


def completed(ours: Registry, settings: CheckConfig) -> Registry:
    """Our rules and the team's.

    Raises:
        ConfigurationError: a rule of the team's is not well-formed, or its code is taken.
    """
    theirs = list(packages.installed())
    if settings.ast_grep is not None:
        from scaffold.rules import team  # noqa: PLC0415 - few teams have such rules, and it loads ast-grep

        theirs += [each.rule for each in team.from_folder(settings.ast_grep, settings.prefix).values()]
    if not theirs:
        return ours
    try:
        return ours.plus(theirs)
    except ValueError as error:
        raise ConfigurationError("the team's rules", str(error), "give one of them another") from error
