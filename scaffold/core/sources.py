"""The texts of a run's files, read once, for those who quote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.places import Lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Sources:
    """Lines of files by their path relative to a root; a file that cannot be read has none."""

    def __init__(self, root: Path | None = None, known: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self._known = {path: Lines(path, source) for path, source in (known or {}).items()}

    def lines(self, path: str) -> Lines:
        """The lines of one file; empty if it is gone or unreadable, which is no reason to fail."""
        if path not in self._known:
            self._known[path] = Lines(path, self._read(path))
        return self._known[path]

    def _read(self, path: str) -> bytes:
        if self.root is None:
            return b""
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return b""
