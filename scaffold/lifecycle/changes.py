"""Files of a project before and after a command, and writing them as one."""

from __future__ import annotations

import difflib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


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


def apply(root: Path, todo: tuple[Change, ...], removed: Iterable[str] = ()) -> None:
    """Write the changes and remove some files, all or none.

    Raises:
        BusyError: another run is writing there.
        ChangedMeanwhileError: a file was edited since the changes were worked out; nothing was written.
        CannotWriteError: the file system refuses; everything is as it was.
    """
    before = {change.path: change.before for change in todo}
    after: dict[str, bytes | None] = {change.path: change.after for change in todo}
    for path in removed:
        before[path], after[path] = _read(root / path), None
    with transaction.locked(root):
        transaction.commit(root, before, after)


@contextmanager
def alone(root: Path) -> Iterator[list[str]]:
    """Keep others that write out, from the first look on: what is worked out meanwhile stays true.

    Undoes what a killed run began, and yields the files that it had written.

    Raises:
        BusyError: a run is writing there, and was not killed.
    """
    with transaction.locked(root):
        yield transaction.undo(root)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
