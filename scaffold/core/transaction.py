"""Writing several files as one step: a kill leaves all of them old or new, or a journal to undo it by."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from scaffold.core import files
from scaffold.core.errors import BusyError, CannotWriteError, ChangedMeanwhileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_JOURNAL = ".convex-scaffold-undo"
_held: set[tuple[int, int]] = set()  # folders that this process has locked


class _Entry(msgspec.Struct):
    """A file of the journal, by its path from the root."""

    path: str
    digest: str
    """Of what is written; empty for a file that is removed."""
    new: bool
    """It was not there before; else its old contents are in the journal, under its position."""


class _Journal(msgspec.Struct):
    entries: list[_Entry]
    folders: list[str]
    """Folders that are made on the way, the inner ones first."""


Contents: TypeAlias = "Mapping[str, bytes | None]"
"""Of files, by path from the root; None where there is none."""


def commit(root: Path, before: Contents, after: Contents) -> None:
    """Write the contents `after` over `before`, all or none.

    Call it under `locked`.

    Raises:
        ChangedMeanwhileError: a file is not what it was when it was read; nothing was changed.
        CannotWriteError: the file system refuses; what was written is undone.
    """
    for path in after:
        if _read(root / path) != before[path]:
            raise ChangedMeanwhileError(path)
    try:
        _begin(root, before, after)
        for path, content in after.items():
            if content is None:
                _remove(root / path)
            else:
                files.replace((root / path).resolve(), content, through=root / _JOURNAL)
    except BaseException:
        undo(root)
        raise
    _remove_journal(root)


def undo(root: Path) -> list[str]:
    """Put back what an interrupted commit has written, and name those files.

    A file that has been edited since is left as it is.
    """
    folder = root / _JOURNAL
    try:
        journal = msgspec.json.decode((folder / "journal.json").read_bytes(), type=_Journal)
    except (OSError, msgspec.MsgspecError):  # none was begun, or the kill came before the first file
        _remove_journal(root)
        return []
    written = [
        (number, entry)
        for number, entry in enumerate(journal.entries)
        if _digest(_read(root / entry.path)) == entry.digest
    ]
    for number, entry in written:
        if entry.new:
            (root / entry.path).unlink()
        else:
            _put_back(folder / f"{number}.before", (root / entry.path).resolve())
    for made in journal.folders:
        with suppress(OSError):  # it was not made yet, or there is something in it by now
            (root / made).rmdir()
    _remove_journal(root)
    return [entry.path for _, entry in written]


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other runs that write to the same folder out. It is the lock itself: nothing is left behind.

    Who has it may take it again.

    Raises:
        BusyError: another run is writing there, and goes on doing so.
    """
    from scaffold.core import locks  # noqa: PLC0415 - not on every system, and only this needs it

    descriptor = os.open(root, os.O_RDONLY)
    try:
        folder = os.fstat(descriptor)
        place = (folder.st_dev, folder.st_ino)
        if place in _held:
            yield
            return
        if not locks.taken(descriptor):
            raise BusyError(root)
        _held.add(place)
        try:
            yield
        finally:
            _held.remove(place)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(path, error.strerror or str(error)) from error


def _put_back(copy: Path, path: Path) -> None:
    """Move the copy to its place, which takes no room: it may have been the lack of it that stopped us."""
    if not copy.exists():  # it was moved by an undoing that was killed, and the file differed in nothing
        return
    try:
        copy.replace(path)
    except OSError:  # it is on another file system, for one
        files.replace(path, copy.read_bytes())


def _begin(root: Path, before: Contents, after: Contents) -> None:
    try:
        _write_journal(root, before, after)
    except CannotWriteError as error:  # the names of its files mean nothing to anybody
        raise CannotWriteError(root, error.reason) from error


def _write_journal(root: Path, before: Contents, after: Contents) -> None:
    folder = root / _JOURNAL
    files.replace(folder / ".gitignore", "*\n")  # nobody commits it by accident
    entries = []
    for number, (path, content) in enumerate(after.items()):
        old = before[path]
        if old is not None:
            files.replace(folder / f"{number}.before", old, mode_of=root / path)
        entries.append(_Entry(path, _digest(content), new=old is None))
    journal = _Journal(entries, _missing_folders(root, after))
    files.replace(folder / "journal.json", msgspec.json.encode(journal))


def _missing_folders(root: Path, paths: Contents) -> list[str]:
    """The folders that are to be made for some files, the inner ones first."""
    above = {parent for path in paths for parent in (root / path).parents if parent.is_relative_to(root)}
    missing = (str(folder.relative_to(root)) for folder in above if not folder.exists())
    return sorted(missing, key=len, reverse=True)


def _remove_journal(root: Path) -> None:
    """The list first: without it the copies mean nothing, and whoever is interrupted clears them away."""
    folder = root / _JOURNAL
    try:
        (folder / "journal.json").unlink(missing_ok=True)
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""
