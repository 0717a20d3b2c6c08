"""Where something stands in a file."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count, pairwise
from operator import add

import msgspec

_LONG = 4_000  # bytes; the text of longer lines is kept, and counted by pieces: it may be asked for often
_FEW = 8
_CONTINUING = range(0x80, 0xC0)  # bytes of UTF-8 that no character starts with


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
        self._long: dict[int, str] = {}
        self._pieces: dict[int, tuple[list[int], list[int]]] = {}
        self._asked = 0

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
        source = self._lines[line - 1]
        if len(source) <= _LONG:
            return _decoded(source, line).rstrip("\r\n")
        if line not in self._long:
            self._long[line] = _decoded(source, line).rstrip("\r\n")
        return self._long[line]

    def first(self, place: Place) -> str:
        """The line that a place starts in, which a few times is found quickly where line and offset agree."""
        self._asked += 1
        if self._asked > _FEW or self.source.count(b"\n", 0, place.start) != place.line - 1:
            return self.text(place.line)
        start, end = self.source.rfind(b"\n", 0, place.start) + 1, self.source.find(b"\n", place.start)
        line = self.source[start:] if end < 0 else self.source[start:end]
        return _decoded(line, place.line).rstrip("\r\n")

    def start_of(self, line: int) -> int:
        """The offset at which a line starts, counted from 1."""
        return self._starts[line - 1]

    def __len__(self) -> int:
        return len(self._lines)

    @cached_property
    def _is_plain(self) -> bool:
        """Whether each byte is a character."""
        return self.source.isascii()

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if self._is_plain:
            return line, min(offset, len(self.source)) - start + 1
        if offset - start <= _LONG:
            return line, len(_decoded(self.source[start:offset], line)) + 1
        starts, counts = self._counted(line)
        piece = bisect_right(starts, offset) - 1
        text = self.source[starts[piece] : offset]
        return line, counts[piece] + len(_decoded(text, line if piece == 0 else 0)) + 1

    def _counted(self, line: int) -> tuple[list[int], list[int]]:
        """Where the pieces of a long line start, and how many characters of it stand before each."""
        if line not in self._pieces:
            start = self._starts[line - 1]
            end = start + len(self._lines[line - 1])
            starts = [
                start,
                *(_start_of_character(self.source, at) for at in range(start + _LONG, end, _LONG)),
            ]
            pieces = (self.source[one:other] for one, other in pairwise(starts))
            sizes = [len(_decoded(each, 0 if at else line)) for at, each in enumerate(pieces)]
            self._pieces[line] = starts, [0, *accumulate(sizes)]
        return self._pieces[line]


def _start_of_character(source: bytes, offset: int) -> int:
    """Where the character starts that a byte is of: up to three before it continue it."""
    return next((at for at in range(offset, offset - 4, -1) if source[at] not in _CONTINUING), offset)


def _decoded(text: bytes, line: int) -> str:
    """The text of a line; the mark that some editors put before the first one is no character of it."""
    return text.decode("utf-8-sig" if line == 1 else "utf-8", "replace")
