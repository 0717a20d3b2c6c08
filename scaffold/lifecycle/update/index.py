"""Commands of git that write the index, which is git's to lock: what becomes of a lock in the way."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from scaffold.core.errors import BusyRepositoryError, ToolFailedError
from scaffold.core.git import attempt

if TYPE_CHECKING:
    from scaffold.core.git.repository import Repository

_GRACE = 2.0  # seconds; git holds its lock for a fraction of one


def change(repository: Repository, *arguments: str, lock: int, data: str | None = None) -> None:
    """Run git on the index, after those who write it at the moment, an editor's git for instance.

    Raises:
        BusyRepositoryError: another git holds on to it; ours has written nothing.
        ToolFailedError: git failed, and may have written a part.
    """
    end = time.monotonic() + _GRACE
    while True:
        done = attempt(*arguments, cwd=repository.top, data=data, keep=(lock,))
        if done.returncode == 0:
            return
        if done.returncode == -signal.SIGKILL:  # the one way to end that leaves a lock, and it is ours
            repository.index_lock.unlink(missing_ok=True)
        if done.returncode < 0 or "index.lock" not in done.stderr:
            raise ToolFailedError("git", " ".join(["git", *arguments]), done.stderr.strip())
        if time.monotonic() > end:
            raise busy(repository)
        time.sleep(0.05)


def busy(repository: Repository) -> BusyRepositoryError:
    """What is said of a lock that stays."""
    lock = repository.index_lock
    way_on = f"wait for the other git; if there is none: rm {lock}"
    return BusyRepositoryError(f"another git is at work ({lock} exists)", way_on)


def is_free(repository: Repository) -> bool:
    """Whether no other git writes the index; one that is at work gets the time to end."""
    end = time.monotonic() + _GRACE
    while repository.index_lock.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def break_lock(repository: Repository) -> None:
    """Remove the lock of a git that was killed with us."""
    if not is_free(repository):
        repository.index_lock.unlink(missing_ok=True)
