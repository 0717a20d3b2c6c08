"""Small things about words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    import difflib  # noqa: PLC0415 - only wrong words need it

    found = difflib.get_close_matches(word, list(known), n=1)
    return found[0] if found else None


def count(number: int, noun: str) -> str:
    """`1 file`, `3 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(items: Iterable[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *head, tail = list(items)
    return f"{', '.join(head)} {last} {tail}" if head else tail
