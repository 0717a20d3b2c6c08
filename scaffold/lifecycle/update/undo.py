"""Back to the state before an update, wherever it ended."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core import files, transaction
from scaffold.core.errors import HalfWrittenError, NothingToAbortError, ScaffoldError
from scaffold.core.git import attempt
from scaffold.core.git import repository as repositories
from scaffold.lifecycle.update import index, journal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.git.repository import Repository
    from scaffold.lifecycle.update.journal import Journal


def abort(folder: Path) -> Journal:
    """Take back the last update of the repository around `folder`, finished or not.

    Raises:
        BusyRepositoryError, BusyError: another run is writing.
        NothingToAbortError: there is none, or it was committed.
        NotARepositoryError, NoCommitError: there is no repository.
    """
    repository = repositories.find(folder.resolve())
    with journal.locked(repository) as lock, transaction.locked(repository.root):
        entry = journal.load(repository)
        if entry is None:
            journal.remove(repository)
            raise NothingToAbortError("no update is under way", "to take back a committed one: git revert")
        if entry.head != repository.head:
            journal.remove(repository)
            reason = f"the update to {entry.version} is committed, or the branch was changed since"
            raise NothingToAbortError(reason, "find the commit (git log) and take it back: git revert")
        if not entry.is_complete:
            index.break_lock(repository)
        _restore(repository, entry, lock)
    return entry


def roll_back(repository: Repository, lock: int) -> None:
    """Undo what an update that failed has written so far; nothing, if it had not begun.

    Raises:
        HalfWrittenError: that failed too, or was interrupted.
    """
    entry = journal.load(repository)
    if entry is None or entry.is_complete:
        return
    try:
        _restore(repository, entry, lock)
    except (KeyboardInterrupt, OSError, ScaffoldError) as error:
        reason = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        detail = error.detail if isinstance(error, ScaffoldError) else ""
        raise HalfWrittenError(entry.version, reason, detail) from error


def _restore(repository: Repository, entry: Journal, lock: int) -> None:
    present = {path: before for path, before in entry.before.items() if before is not None}
    absent = [path for path, before in entry.before.items() if before is None]
    lines = [f"0 {repository.no_object}\t{path}\0" for path in entry.before]
    lines += [f"{mode} {oid}\t{path}\0" for path, (mode, oid) in present.items()]
    _remove(repository.top, absent)  # before anything is written: a disk that is full may be why we are here
    index.change(repository, "update-index", "-z", "--index-info", data="".join(lines), lock=lock)
    left_out = "".join(f"{path}\0" for path in entry.left_out if path in present)
    if left_out:
        words = ("update-index", "-z", "--skip-worktree", "--stdin")
        index.change(repository, *words, data=left_out, lock=lock)
        _remove(repository.top, entry.left_out)
    # What is as before is not written again: it may be what could not be written.
    attempt("update-index", "-q", "--refresh", cwd=repository.top, keep=(lock,))
    written = present.keys() - set(entry.left_out)
    names = "".join(f"{path}\0" for path in sorted(written) if present[path][0] != "160000")
    index.change(repository, "checkout-index", "-f", "-u", "-q", "-z", "--stdin", data=names, lock=lock)
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
