"""Folders that go with the run that made them: those of runs that were killed are removed by a later one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whoever names a folder so holds its lock. Earlier versions, which had none, named theirs otherwise.
_MARK = "convex-scaffold-run-"


@contextmanager
def folder(base: Path | None = None, *, prefix: str = "") -> Iterator[Path]:
    """A new folder in `base`, or in the system's temporary folder, that is gone in the end.

    It is locked for as long, by itself: so a later run can tell what is left of one that was killed.

    Raises:
        OSError: the file system refuses.
    """
    base = base or Path(tempfile.gettempdir())
    _remove_abandoned(base)
    path, descriptor = _made(base, prefix)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _made(base: Path, prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix + _MARK, dir=base))
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # another run was faster than this line, and removed it as abandoned
            continue
        with suppress(OSError):  # a file system without locks; nobody will take ours for abandoned there
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists():  # else another run had the lock before us
            return path, descriptor
        os.close(descriptor)


def _remove_abandoned(base: Path) -> None:
    with suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            if _MARK in entry.name:
                with suppress(OSError):
                    _remove_if_abandoned(entry)


def _remove_if_abandoned(entry: os.DirEntry[str]) -> None:
    if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
        return
    descriptor = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held until it is gone: its maker may look
        shutil.rmtree(entry.path, ignore_errors=True)
    finally:
        os.close(descriptor)
