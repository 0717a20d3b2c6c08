"""What an update is about to do, on disk before it does it, so that any end of it can be undone."""

from __future__ import annotations

import fcntl
import json
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core import files
from scaffold.core.errors import BusyRepositoryError, CannotWriteError, UpdatePendingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.git.repository import Repository

_WAIT = 5.0  # seconds for another run, or for the git that a killed one has left behind


@dataclass(frozen=True, kw_only=True)
class Journal:
    """The state before an update. Paths are those from the top of the work tree.

    `before` holds mode and id of each tracked path the update touches, or None where there was nothing.
    `backups` names the copy of each file that git ignores, or None where there was none. `applying` stands
    until everything is written.
    """

    state: Literal["applying", "applied"]
    head: str
    version: str
    before: dict[str, list[str] | None]
    backups: dict[str, str | None]

    @property
    def is_complete(self) -> bool:
        """Whether the update got to its end."""
        return self.state == "applied"


def folder_of(repository: Repository) -> Path:
    """Our folder in the repository's own."""
    return repository.git_dir / "convex-scaffold"


def load(repository: Repository) -> Journal | None:
    """The journal of the last update, or None; one of another format counts as none."""
    try:
        content = json.loads(_path(repository).read_text("utf-8"))
        return Journal(**content)
    except (OSError, ValueError, TypeError):
        return None


def write(repository: Repository, journal: Journal) -> None:
    """Replace the journal, whole.

    Raises:
        CannotWriteError: the file system refuses.
    """
    files.replace(_path(repository), json.dumps(asdict(journal)))


def remove(repository: Repository) -> None:
    """The update is history: remove its journal, then the backups that only it needs."""
    _path(repository).unlink(missing_ok=True)
    for path in folder_of(repository).glob("backup-*"):
        path.unlink(missing_ok=True)


def check_over(repository: Repository) -> None:
    """Like `check_pending`, for a run without the lock: an update that another is writing is waited for.

    Raises:
        UpdatePendingError: an earlier update was interrupted, or is not committed.
        BusyRepositoryError: another run is still writing.
    """
    earlier = load(repository)
    if earlier is None or earlier.is_complete:
        check_pending(repository)
    else:  # without the lock it may as well be under way as interrupted
        with locked(repository):
            check_pending(repository)


def check_pending(repository: Repository) -> None:
    """Whether an earlier update is over, for a run that holds the lock.

    Raises:
        UpdatePendingError: it was interrupted, or is not committed.
    """
    earlier = load(repository)
    if earlier is None:
        return
    if not earlier.is_complete:
        raise UpdatePendingError(earlier.version, interrupted=True)
    dirty = repository.dirty()
    if earlier.head == repository.head and any(path in dirty for path in earlier.before):
        raise UpdatePendingError(earlier.version, interrupted=False)


@contextmanager
def locked(repository: Repository) -> Iterator[int]:
    """Keep other runs out, and yield the descriptor of the lock.

    A git that inherits it keeps the lock too: after we are killed, nobody goes on before it has ended.

    Raises:
        BusyRepositoryError: another run holds the lock.
        CannotWriteError: the repository cannot be written to.
    """
    folder = folder_of(repository)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CannotWriteError(folder, error.strerror or str(error)) from error
    with lock:
        _wait_for(lock.fileno())
        yield lock.fileno()


def _wait_for(descriptor: int) -> None:
    end = time.monotonic() + _WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > end:
                what = "another convex-scaffold is at work in this repository"
                raise BusyRepositoryError(what, "wait until it has ended") from None
            time.sleep(0.05)
        else:
            return


def _path(repository: Repository) -> Path:
    return folder_of(repository) / "update.json"
