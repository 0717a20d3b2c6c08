"""Commands of git that write the index, which is git's to lock: what becomes of a lock in the way."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

from scaffold.core.errors import BusyRepositoryError, ToolFailedError, UncommittedError
from scaffold.core.git import attempt

if TYPE_CHECKING:
    from scaffold.core.git.repository import Repository

_GRACE = 2.0  # seconds; git holds its lock for a fraction of one

# What `read-tree` says before it writes anything: the file was edited, or there is one that it does not know.
_IN_THE_WAY = re.compile(
    r"(?:Entry|Untracked working tree file|Updating) '(.+)' "
    r"(?:not uptodate|would be (?:overwritten|removed)|would lose untracked files)"
)


def change(repository: Repository, *arguments: str, lock: int, data: str | None = None) -> None:
    """Run git on the index, after those who write it at the moment, an editor's git for instance.

    Raises:
        BusyRepositoryError: another git holds on to it; ours has written nothing.
        UncommittedError: files hold what is nowhere else; nothing was written.
        ToolFailedError: git failed, and may have written a part.
    """
    end = time.monotonic() + _GRACE
    while True:
        done = attempt(*arguments, cwd=repository.top, data=data, keep=(lock,))
        if done.returncode == 0:
            return
        if done.returncode == -signal.SIGKILL:  # the one way to end that leaves a lock, and it is ours
            repository.index_lock.unlink(missing_ok=True)
        in_the_way = _IN_THE_WAY.findall(done.stderr)
        if in_the_way:
            raise UncommittedError(in_the_way)
        if done.returncode < 0 or "index.lock': File exists" not in done.stderr:
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
