"""Rules of installed packages, which name theirs as the entry point `scaffold.rules`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from scaffold.core.errors import ConfigurationError
from scaffold.rules import registry
from scaffold.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "scaffold.rules"


def installed() -> tuple[Rule, ...]:
    """The rules of all installed packages that offer some: a package of rules, or a list of them.

    Raises:
        ConfigurationError: a package cannot be imported, or what it names holds no rules.
    """
    return tuple(rule for point in _points() for rule in _offered(point))


def _points() -> tuple[EntryPoint, ...]:
    """What installed packages name. Few name any, and `importlib.metadata` takes long to import."""
    if not any(map(_may_name_some, sys.path)):
        return ()
    from importlib.metadata import entry_points  # noqa: PLC0415 - see above

    return tuple(entry_points(group=ENTRY_POINTS))


def _may_name_some(place: str) -> bool:
    """Whether a package that is installed in a folder names rules; an archive may hold any."""
    try:
        with os.scandir(place or ".") as found:
            return any(ENTRY_POINTS.encode() in _entry_points(each) for each in found)
    except OSError:
        return Path(place).is_file()


def _entry_points(entry: os.DirEntry[str]) -> bytes:
    if not entry.name.endswith((".dist-info", ".egg-info")):
        return b""
    try:
        return Path(entry.path, "entry_points.txt").read_bytes()
    except OSError:
        return b""


def check_code(code: str, place: str) -> None:
    """Refuse a code that is ours to give.

    Raises:
        ConfigurationError: it is.
    """
    if re.match(r"CX\d", code):
        raise ConfigurationError(
            place, f"the code {code} is not a team's to give", "use a prefix of your own"
        )


def _offered(point: EntryPoint) -> Iterable[Rule]:
    place = f"the package {point.dist.name if point.dist else point.value}"
    try:
        value = point.load()
        found = registry.load(value.__name__).rules if isinstance(value, ModuleType) else tuple(value)
    except Exception as error:
        hint = f"mend it or uninstall it; it names {point.value!r} as its rules"
        raise ConfigurationError(place, f"its rules cannot be loaded: {error}", hint) from error
    for rule in found:
        if not isinstance(rule, Rule):
            raise ConfigurationError(
                place, f"{rule!r} is no rule", "name a package of rules, or a list of them"
            )
        check_code(rule.code, place)
    return found
