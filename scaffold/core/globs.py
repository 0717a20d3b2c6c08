"""Patterns for paths, as `.gitignore` and editors write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = regex(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\{[^{}]*\}|[\s\S]")


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path with forward slashes fits one of the patterns.

    `*` and `?` stay within a folder, `**` does not, `{a,b}` is either. A pattern without a slash fits at any
    depth, and one that fits a folder fits all that is in it.
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    anywhere = "/" not in pattern.rstrip("/")
    body = "".join(map(_regex, _TOKEN.findall(pattern.removeprefix("./").strip("/"))))
    return re.compile(rf"{'(?:.*/)?' if anywhere else ''}{body}(?:/.*)?", re.DOTALL)


def _regex(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if token[0] == "{" and len(token) > 1:
        return f"(?:{'|'.join(_either(token[1:-1]))})"
    if token[0] == "[" and len(token) > 1:
        inner = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^{inner[1:]}/]" if inner[0] == "!" else f"[{inner}]"
    return re.escape(token)


def _either(alternatives: str) -> list[str]:
    return ["".join(map(_regex, _TOKEN.findall(each))) for each in alternatives.split(",")]
