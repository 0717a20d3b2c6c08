"""Where something stands in a file."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive.

    `path` is relative to the root of the run, with forward slashes. `start` and `end` are offsets in bytes
    of the file's UTF-8 text, for edits.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int

    def __str__(self) -> str:
        """As editors and terminals take it: path:line:column."""
        return f"{self.path}:{self.line}:{self.column}"


class Lines:
    """The lines of one file's bytes, to turn offsets into places."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.source = source

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.source.split(b"\n")

    @cached_property
    def _starts(self) -> list[int]:
        sizes = map(len, self._lines[:-1])
        return [0, *map(add, accumulate(sizes), count(1))]  # and the ends of the lines before

    def place(self, start: int, end: int) -> Place:
        """The place of the bytes from `start` to `end`."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Place(self.path, line, column, end_line, end_column, start, end)

    def text(self, line: int) -> str:
        """One line without its end, counted from 1; empty beyond the file."""
        if not 1 <= line <= len(self._lines):
            return ""
        return _decoded(self._lines[line - 1], line).rstrip("\r\n")

    def first(self, place: Place) -> str:
        """The line that a place starts in, which is found quickly where its line and offset agree."""
        if self.source.count(b"\n", 0, place.start) != place.line - 1:
            return self.text(place.line)
        start, end = self.source.rfind(b"\n", 0, place.start) + 1, self.source.find(b"\n", place.start)
        line = self.source[start:] if end < 0 else self.source[start:end]
        return _decoded(line, place.line).rstrip("\r\n")

    def start_of(self, line: int) -> int:
        """The offset at which a line starts, counted from 1."""
        return self._starts[line - 1]

    def __len__(self) -> int:
        return len(self._lines)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        before = self.source[self._starts[line - 1] : offset]
        return line, len(_decoded(before, line)) + 1


def _decoded(text: bytes, line: int) -> str:
    """The text of a line; the mark that some editors put before the first one is no character of it."""
    return text.decode("utf-8-sig" if line == 1 else "utf-8", "replace")
