"""A folder beside its destination, so that what is built in it appears there at once or not at all."""

from __future__ import annotations

import errno
import fcntl
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import CannotWriteError, TargetExistsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = ".convex-scaffold-"
_ELSEWHERE = "choose another folder with --in"


@contextmanager
def staged(target: Path, *, suggestion: str) -> Iterator[Path]:
    """Yield a path to build the folder `target` at; on success it is renamed into place.

    On a failure or an interruption it is removed. A kill cannot be caught: what it leaves is a hidden
    folder beside the target, which the next run for the same target removes.

    Raises:
        TargetExistsError: something appeared at `target` meanwhile; it is left alone.
        CannotWriteError: the parent folder cannot be written to.
    """
    prefix = f".{target.name}{_MARK}"
    _remove_leftovers(target.parent, prefix)
    try:
        temporary = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    except OSError as error:
        raise CannotWriteError(target, error.strerror or str(error), otherwise=_ELSEWHERE) from error
    try:
        # The kernel drops the lock when we end, however we end: so a leftover can be told from a run.
        with (temporary / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield temporary / target.name
            _rename(temporary / target.name, target, suggestion)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _rename(source: Path, target: Path, suggestion: str) -> None:
    try:
        source.rename(target)  # onto an empty folder this succeeds too
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise TargetExistsError(target, "appeared while the project was made", suggestion) from error
        raise CannotWriteError(target, error.strerror or str(error), otherwise=_ELSEWHERE) from error


def _remove_leftovers(parent: Path, prefix: str) -> None:
    with suppress(OSError):
        for folder in parent.iterdir():
            if folder.name.startswith(prefix) and _is_abandoned(folder / ".lock"):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(lock: Path) -> bool:
    try:
        with lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
