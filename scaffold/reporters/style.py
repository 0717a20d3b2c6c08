"""Colours and characters, as far as a terminal has them."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from functools import lru_cache

import msgspec

from scaffold.core.findings import Level
from scaffold.core.patterns import regex

# Codes of ANSI's "select graphic rendition"; sixteen colours only, so that the user's own theme decides.
_ANSI = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "good": "32",
    "dim": "2",
    "strong": "1",
    "code": "36",
}
_ASCII = {"│": "|", "╭╴": "+-", "├╴": "+-", "╰╴": "+-", "━": "^", "─": "-"} | {
    "·": "-",
    "…": "...",
    "✓": "ok",
    "✗": "no",
    "█": "#",
}
# Characters that would move the cursor, change its colour or turn the direction of the text.
_UNSAFE = regex("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_TAB = "    "


class Style(msgspec.Struct, frozen=True):
    """What the terminal can show, and how to say things in it."""

    colour: bool
    unicode: bool

    def paint(self, text: str, tone: str) -> str:
        """The text in a tone: error, warning, info, good, dim, strong or code."""
        return f"\x1b[{_ANSI[tone]}m{text}\x1b[0m" if self.colour and text else text

    def sign(self, character: str) -> str:
        """A character of ours, or what stands for it in ASCII."""
        return character if self.unicode else _ASCII[character]

    def plain(self, text: str) -> str:
        """Text of the user's, made harmless: no control characters, tabs as spaces, ASCII where need be."""
        text = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", _TAB))
        return text if self.unicode else text.encode("ascii", "replace").decode()

    def prose(self, text: str, width: int) -> list[str]:
        """Lines of at most `width` columns; `code` between backticks is not broken and stands out."""
        text = self.plain(text)
        if 0 < len(text.rstrip()) == len(text) <= width:  # what textwrap would give, much sooner
            return [self._highlight(text)]
        whole = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", "\0"), text)
        lines = textwrap.wrap(whole, max(width, 20), break_long_words=False, break_on_hyphens=False)
        return [self._highlight(line.replace("\0", " ")) for line in lines]

    def _highlight(self, line: str) -> str:
        return re.sub(r"`[^`]+`", lambda code: self.paint(code[0], "code"), line) if self.colour else line


def columns(text: str) -> int:
    """The cells a text takes on a terminal: wide characters take two, combining ones none."""
    return len(text) if text.isascii() else sum(_cells(character) for character in text)


@lru_cache(maxsize=1024)
def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def levels(counts: dict[Level, int], style: Style) -> str:
    """`2 errors, 1 warning`, each in its colour."""
    parts = [
        style.paint(f"{counts[level]} {noun(level, counts[level])}", level)
        for level in Level
        if counts.get(level)
    ]
    return ", ".join(parts)


def noun(level: Level, number: int) -> str:
    """`errors`, `warning`, `infos` as it fits the number; information has no plural."""
    return str(level) if number == 1 or level is Level.INFO else f"{level}s"
