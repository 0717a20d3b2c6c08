"""Replacing several files as one step: a kill leaves all of them old or new, or a journal to undo it by."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold.core import files
from scaffold.core.errors import BusyError, ChangedMeanwhileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

JOURNAL = ".convex-scaffold-fix"


def commit(root: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write the contents `after` over `before`, by path from `root`. Call it under `locked`.

    Raises:
        ChangedMeanwhileError: a file is not what it was when it was read; nothing was changed.
        CannotWriteError: the file system refuses; what was written is undone.
    """
    for path in after:
        if _read(root / path) != before[path]:
            raise ChangedMeanwhileError(path)
    try:
        _write_journal(root, before, after)
        for path, content in after.items():
            files.replace((root / path).resolve(), content, through=root / JOURNAL)
    except BaseException:
        undo(root)
        raise
    _remove_journal(root)


def undo(root: Path) -> list[str]:
    """Put back what an interrupted commit has replaced, and name those files.

    A file that has been edited since is left as it is.
    """
    folder = root / JOURNAL
    try:
        entries = json.loads((folder / "journal.json").read_bytes())
    except (OSError, ValueError):  # none was begun, or the kill came before the first file
        _remove_journal(root)
        return []
    restored = []
    for number, (path, digest) in enumerate(entries):
        if _digest(_read(root / path)) == digest:
            old = (folder / f"{number}.before").read_bytes()
            files.replace((root / path).resolve(), old, through=folder)
            restored.append(path)
    _remove_journal(root)
    return restored


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other commits to the same folder out.

    Raises:
        BusyError: another run is writing there.
    """
    import fcntl  # noqa: PLC0415 - not on every system, and only this needs it

    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError(root) from error
        yield
    finally:
        os.close(descriptor)


def _write_journal(root: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    folder = root / JOURNAL
    for number, path in enumerate(after):
        files.replace(folder / f"{number}.before", before[path])
    entries = [[path, _digest(content)] for path, content in after.items()]
    files.replace(folder / "journal.json", json.dumps(entries))


def _remove_journal(root: Path) -> None:
    """The list first: without it the copies mean nothing."""
    folder = root / JOURNAL
    (folder / "journal.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
