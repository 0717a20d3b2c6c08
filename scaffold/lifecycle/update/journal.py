"""What an update is about to do, on disk before it does it, so that any end of it can be undone."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from scaffold.core import files, locks
from scaffold.core.errors import (
    BusyRepositoryError,
    NoCommitError,
    NotARepositoryError,
    UpdatePendingError,
)
from scaffold.core.git import repository as repositories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.git.repository import Repository


@dataclass(frozen=True, kw_only=True)
class Journal:
    """The state before an update. Paths are those from the top of the work tree.

    `before` holds mode and id of each tracked path the update touches, or None where there was nothing.
    `backups` names the copy of each file that git ignores, or None where there was none. `left_out` are those
    that a sparse checkout leaves out of the work tree. `applying` stands until everything is written.
    """

    state: Literal["applying", "applied"]
    head: str
    version: str
    before: dict[str, list[str] | None]
    backups: dict[str, str | None]
    left_out: list[str] = field(default_factory=list)

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


def check_pending(repository: Repository, *, is_read: bool = False) -> None:
    """Whether an earlier update is over, for a run that holds the lock; it need not be for one that reads.

    Raises:
        UpdatePendingError: it was interrupted, or is not committed.
    """
    earlier = load(repository)
    if earlier is None:
        return
    if not earlier.is_complete:
        raise UpdatePendingError(earlier.version, interrupted=True)
    if is_read:
        return
    dirty = repository.dirty()
    if earlier.head == repository.head and any(path in dirty for path in earlier.before):
        raise UpdatePendingError(earlier.version, interrupted=False)


@contextmanager
def settled(folder: Path, *, is_read: bool = False) -> Iterator[None]:
    """While a project is looked at, no update is written there; one that is being written is waited for.

    Half of one would be taken for the project's own state, or for that of a run that was killed. A command
    that only reads does not mind what is not committed.

    Raises:
        UpdatePendingError: an earlier update was interrupted, or is not committed.
        BusyRepositoryError: another run is still writing.
    """
    try:
        repository = repositories.find(folder)
    except (NotARepositoryError, NoCommitError):  # nothing was ever updated here
        yield
        return
    with locked(repository):
        check_pending(repository, is_read=is_read)
        yield


@contextmanager
def locked(repository: Repository) -> Iterator[int]:
    """Keep other runs out, and yield the descriptor of the lock, which is that of git's folder.

    A git that inherits it keeps the lock too: after we are killed, nobody goes on before it has ended.

    Raises:
        BusyRepositoryError: another run holds the lock.
    """
    descriptor = os.open(repository.git_dir, os.O_RDONLY)
    try:
        if not locks.taken(descriptor):
            what = "another convex-scaffold is at work in this repository"
            raise BusyRepositoryError(what, "wait until it has ended, and run it again")
        yield descriptor
    finally:
        os.close(descriptor)


def _path(repository: Repository) -> Path:
    return folder_of(repository) / "update.json"
