"""TOML with line numbers: `tomllib` reads the values, a scanner of ours finds where each of them stands."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core import files
from scaffold.core.errors import ConfigurationError
from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from pathlib import Path

KeyPath = tuple[str | int, ...]
"""The way to a value from the top of a document: keys of tables, and positions in arrays from 0."""

_BARE_KEY = regex(r"[A-Za-z0-9_-]+")
_SPACE = regex(r"(?:[ \t\r\n]|#[^\n]*)*")
_PLAIN = regex(r"[^,\]}#\n]+")  # numbers, booleans, dates (which may hold a space)
_STRINGS = regex(
    r'"""(?:\\[\s\S]|(?!""")[^\\])*"{3,5}'
    r"|'''(?:(?!''')[\s\S])*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_AT_LINE = regex(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed file. `name` is how messages call it; `lines` knows the line of every key and array item."""

    name: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line, from 1, of the value at `path`, or of the nearest table around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, path: KeyPath) -> str:
        """`file:line` of a value."""
        return f"{self.name}:{self.line(path)}"


def read(path: Path, name: str | None = None) -> Document:
    """The document in a file.

    Raises:
        ConfigurationError: the file cannot be read, is no UTF-8, or is no TOML.
    """
    name = name or str(path)
    try:
        text = files.text(path)
    except OSError as error:
        raise ConfigurationError(
            name, f"cannot be read: {error.strerror}", "check that the file is there and may be read"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(name, "is no UTF-8 text", "save the file as UTF-8") from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """The document in a text; `name` is what messages call it.

    Raises:
        ConfigurationError: it is no TOML.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(str(error), text, name) from error
    except RecursionError as error:
        raise ConfigurationError(name, "is nested too deeply", "flatten its tables") from error
    except ValueError as error:  # of Python's, which counts to 4300 digits only
        raise ConfigurationError(name, "holds a number of too many digits", "give a smaller one") from error
    return Document(name=name, data=data, lines=_Scanner(text).scan())


def _no_toml(message: str, text: str, name: str) -> ConfigurationError:
    match = _AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    reason = message[: match.start()] if match else message
    reason = reason[:1].lower() + reason[1:]
    return ConfigurationError(f"{name}:{line}", f"is no TOML: {reason}", "see https://toml.io for the syntax")


class _Scanner:
    """Finds the lines of a text that is known to be TOML, so that it need not doubt what it sees."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[KeyPath, int] = {}
        self._arrays: dict[KeyPath, int] = {}  # arrays of tables, and how many tables each has so far

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()
        return self._lines

    def _header(self) -> KeyPath:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        path = self._key((), opens_array=is_array)
        self._skip_to("]")
        self._at += 1 if is_array else 0
        return path

    def _pair(self, table: KeyPath) -> None:
        path = self._key(table)
        self._skip_to("=")
        self._value(path)

    def _key(self, base: KeyPath, *, opens_array: bool = False) -> KeyPath:
        """Read a dotted key below `base`; what stands in an array of tables belongs to its last one."""
        line = self._line()
        path = base
        while True:
            path = (*path, self._word())
            self._lines.setdefault(path, line)
            self._skip()
            is_last = self._text[self._at] != "."
            if is_last and opens_array:
                self._arrays[path] = self._arrays.get(path, 0) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path] - 1)
                self._lines.setdefault(path, line)
            if is_last:
                return path
            self._at += 1

    def _word(self) -> str:
        self._skip()
        match = _BARE_KEY.match(self._text, self._at) or _STRINGS.match(self._text, self._at)
        assert match is not None  # noqa: S101 - tomllib has accepted the text
        self._at = match.end()
        word = match[0]
        return str(tomllib.loads(f"key = {word}")["key"]) if word[0] in "\"'" else word

    def _value(self, path: KeyPath) -> None:
        self._skip()
        self._lines.setdefault(path, self._line())
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            match = _STRINGS.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            assert match is not None  # noqa: S101 - tomllib has accepted the text
            self._at = match.end()

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        position = 0
        while not self._closes("]"):
            self._value((*path, position))
            position += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while not self._closes("}"):
            self._pair(path)

    def _closes(self, bracket: str) -> bool:
        """Step over a comma, or over the closing bracket."""
        self._skip()
        if self._text[self._at] == ",":
            self._at += 1
            self._skip()
        closes = self._text[self._at] == bracket
        self._at += closes
        return closes

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _skip_to(self, character: str) -> None:
        self._at = self._text.index(character, self._at) + 1

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)
