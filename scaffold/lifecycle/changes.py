"""Several files of a project changed as one: all of them or none, also when the run is killed.

New contents are staged in a hidden folder of the project, which gets its name when all of them are on
disk; from then on the change happens, if not by this run then by the next one. Moving them into place is
what remains.
"""

from __future__ import annotations

import difflib
import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import CannotWriteError, InterruptedChangeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PENDING = ".convex-scaffold-pending"
_STAGING = ".convex-scaffold-staging"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A file before and after; `before` is None for a new one."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def kind(self) -> str:
        """`new` or `changed`."""
        return "new" if self.before is None else "changed"

    def diff(self) -> str:
        """The change as `git diff` shows it, without the last line end."""
        before = (self.before or b"").decode("utf-8", "replace").splitlines()
        after = self.after.decode("utf-8", "replace").splitlines()
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        return "\n".join(difflib.unified_diff(before, after, source, f"b/{self.path}", lineterm=""))


def changes(root: Path, files: Mapping[str, bytes]) -> tuple[Change, ...]:
    """What writing these files would change, by path from `root`."""
    found = (Change(path=path, before=_read(root / path), after=after) for path, after in files.items())
    return tuple(sorted((c for c in found if c.before != c.after), key=lambda change: change.path))


def apply(root: Path, todo: tuple[Change, ...]) -> None:
    """Write the changes, all or none.

    Raises:
        CannotWriteError: the file system refuses; everything is as it was.
        InterruptedChangeError: a killed run left changes that clash with edits made since.
    """
    recover(root)
    if not todo:
        return
    with _locked(root):
        try:
            _stage(root, todo)
        except OSError as error:
            shutil.rmtree(root / _STAGING, ignore_errors=True)
            raise CannotWriteError(root, error.strerror or str(error)) from error
        try:
            _move(root, todo)
        except BaseException as error:
            _undo(root, todo)
            if isinstance(error, OSError):
                place = root / (error.filename2 or error.filename or "")
                raise CannotWriteError(place, error.strerror or str(error)) from error
            raise


def recover(root: Path) -> tuple[str, ...]:
    """Finish what a killed run began; the files it still had to write.

    Raises:
        InterruptedChangeError: one of them has been edited since.
    """
    with _locked(root):
        shutil.rmtree(root / _STAGING, ignore_errors=True)
        pending = root / _PENDING
        if not pending.is_dir():
            return ()
        journal = pending / "journal.json"
        entries = json.loads(journal.read_text("utf-8")) if journal.is_file() else []
        left = [entry for entry in entries if (pending / entry["staged"]).exists()]
        for entry in left:
            if _digest(_read(root / entry["path"])) != entry["before"]:
                raise InterruptedChangeError(pending, entry["path"])
        for entry in left:
            _place(pending / entry["staged"], root / entry["path"])
        shutil.rmtree(pending)
        return tuple(entry["path"] for entry in left)


def _stage(root: Path, todo: tuple[Change, ...]) -> None:
    staging = root / _STAGING
    staging.mkdir()
    entries = []
    for number, change in enumerate(todo):
        staged = staging / str(number)
        _write(staged, change.after)
        target = root / change.path
        if target.exists():
            staged.chmod(target.stat().st_mode & 0o7777)
        entries.append({"path": change.path, "staged": str(number), "before": _digest(change.before)})
    _write(staging / "journal.json", json.dumps(entries, indent=1).encode())
    staging.rename(root / _PENDING)


def _move(root: Path, todo: tuple[Change, ...]) -> None:
    for number, change in enumerate(todo):
        _place(root / _PENDING / str(number), root / change.path)
    shutil.rmtree(root / _PENDING)


def _place(staged: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target.resolve() if target.is_symlink() else target)


def _undo(root: Path, todo: tuple[Change, ...]) -> None:
    """Put back what was there; the staged files are still ours to remove."""
    for number, change in enumerate(todo):
        if (root / _PENDING / str(number)).exists():
            continue  # not moved
        target = root / change.path
        if change.before is None:
            with suppress(OSError):
                target.unlink()
                _remove_empty(target.parent, root)
        else:
            target.write_bytes(change.before)
    shutil.rmtree(root / _PENDING, ignore_errors=True)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One run at a time: the project's folder itself is the lock, so that nothing is left behind."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _digest(content: bytes | None) -> str | None:
    return hashlib.sha256(content).hexdigest() if content is not None else None
