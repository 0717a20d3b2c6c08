"""Back to the state before an update, wherever it ended."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core import files
from scaffold.core.errors import NothingToAbortError
from scaffold.core.git import repository as repositories
from scaffold.lifecycle.update import journal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.git.repository import Repository
    from scaffold.lifecycle.update.journal import Journal

_GRACE = 2.0  # seconds; git holds its lock for a fraction of one


def abort(folder: Path) -> Journal:
    """Take back the last update of the repository around `folder`, finished or not.

    Raises:
        NothingToAbortError: there is none, or it was committed.
        NotARepositoryError, NoCommitError: there is no repository.
    """
    repository = repositories.find(folder.resolve())
    with journal.locked(repository) as lock:
        entry = journal.load(repository)
        if entry is None:
            journal.remove(repository)
            raise NothingToAbortError("no update is under way", "to take back a committed one: git revert")
        if entry.head != repository.head:
            journal.remove(repository)
            reason = f"the update to {entry.version} is committed, or the branch was changed since"
            raise NothingToAbortError(reason, "find the commit (git log) and take it back: git revert")
        if not entry.is_complete:
            _break_index_lock(repository)
        _restore(repository, entry, lock)
    return entry


def roll_back(repository: Repository, lock: int) -> None:
    """Undo what an update that failed has written so far; nothing, if it had not begun."""
    entry = journal.load(repository)
    if entry is not None and not entry.is_complete:
        _restore(repository, entry, lock)


def _break_index_lock(repository: Repository) -> None:
    """Remove the lock of a git that was killed with us; one that is at work gets the time to end."""
    end = time.monotonic() + _GRACE
    while repository.index_lock.exists() and time.monotonic() < end:
        time.sleep(0.05)
    repository.index_lock.unlink(missing_ok=True)


def _restore(repository: Repository, entry: Journal, lock: int) -> None:
    present = {path: before for path, before in entry.before.items() if before is not None}
    absent = [path for path, before in entry.before.items() if before is None]
    lines = [f"0 {repository.no_object}\t{path}\0" for path in entry.before]
    lines += [f"{mode} {oid}\t{path}\0" for path, (mode, oid) in present.items()]
    repository.run("update-index", "-z", "--index-info", data="".join(lines), keep=(lock,))
    _remove(repository.top, absent)
    names = "".join(f"{path}\0" for path, (mode, _) in present.items() if mode != "160000")
    repository.run("checkout-index", "-f", "-u", "-q", "-z", "--stdin", data=names, keep=(lock,))
    for path, backup in entry.backups.items():
        if backup is None:
            _remove(repository.top, [path])
        else:
            files.replace(repository.top / path, (journal.folder_of(repository) / backup).read_bytes())
    journal.remove(repository)


def _remove(top: Path, paths: Iterable[str]) -> None:
    """Remove files, and the folders that are empty then."""
    for path in sorted(paths, reverse=True):
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
            (top / path).unlink()
        for parent in Path(path).parents:
            if parent == Path():
                break
            with suppress(OSError):
                os.rmdir(top / parent)  # noqa: PTH106 - a folder with something in it stays
