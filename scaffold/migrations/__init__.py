"""Codemods: what a version of the template changes in a project's own code. They read and write no file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from scaffold.migrations.migration import Migration


@cache
def all_migrations() -> tuple[Migration, ...]:
    """Every migration there is, oldest first."""
    from scaffold.migrations.moved_modules import moved  # noqa: PLC0415 - loads the parser

    return (moved("v0.3.0", "http-helpers", old="convex/lib/responses", new="convex/lib/http"),)


def moves(old: str, new: str) -> dict[str, str]:
    """The new name of each file of the template that was moved between the versions, in either direction."""
    forth = {a: b for migration in between(old, new) for a, b in migration.moves.items()}
    back = {b: a for migration in between(new, old) for a, b in migration.moves.items()}
    return forth | back


def between(old: str, new: str) -> tuple[Migration, ...]:
    """The migrations of the versions after `old` up to `new`; none when going back."""
    try:
        first, last = Version(old), Version(new)
    except InvalidVersion:
        return ()
    return tuple(migration for migration in all_migrations() if first < Version(migration.version) <= last)
