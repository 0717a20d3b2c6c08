"""Codemods: what a version of the template changes in a project's own code. They read and write no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from scaffold.migrations.migration import Migration

ALL: tuple[Migration, ...] = ()
"""Oldest first."""


def between(old: str, new: str) -> tuple[Migration, ...]:
    """The migrations of the versions after `old` up to `new`; none when going back."""
    try:
        first, last = Version(old), Version(new)
    except InvalidVersion:
        return ()
    return tuple(migration for migration in ALL if first < Version(migration.version) <= last)
