"""Waiting for files to change, by looking at them: no service of the system, and no dependency."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from scaffold.model import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_INTERVAL = 0.4  # seconds between two looks
_QUIET = 0.1  # seconds without another change before it counts: editors and formatters write in bursts
_CONFIGURATION = {"scaffold.toml", "scaffold.baseline", "package.json", "convex.json", "tsconfig.json"}
_ENDINGS = (*files.SOURCES, *files.EMBEDDED, *files.PAGES, *files.FOREIGN, ".yml", ".yaml")

Snapshot = dict[str, tuple[int, int]]


def changes(root: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[list[str]]:
    """The paths that changed since this call, then since the last time, for ever; none is missed between."""
    return _changes(root, snapshot(root), sleep)


def _changes(root: Path, seen: Snapshot, sleep: Callable[[float], None]) -> Iterator[list[str]]:
    while True:
        sleep(_INTERVAL)
        now = snapshot(root)
        if now == seen:
            continue
        now = _settled(root, now, sleep)
        changed = sorted(path for path in seen.keys() | now.keys() if seen.get(path) != now.get(path))
        seen = now
        if changed:  # it may be as it was by now
            yield changed


def snapshot(root: Path) -> Snapshot:
    """When each file that a check reads was written, and how long it is."""
    found: Snapshot = {}
    for entry in files.walk(root):
        name = entry.path.rpartition("/")[2]
        if name.endswith(_ENDINGS) or name in _CONFIGURATION:
            try:
                status = os.stat(root / entry.path, follow_symlinks=False)  # noqa: PTH116 - a hot path
            except OSError:  # gone since
                continue
            found[entry.path] = (status.st_mtime_ns, status.st_size)
    return found


def _settled(root: Path, now: Snapshot, sleep: Callable[[float], None]) -> Snapshot:
    """The first of two looks that are alike."""
    while True:
        sleep(_QUIET)
        again = snapshot(root)
        if again == now:
            return now
        now = again
