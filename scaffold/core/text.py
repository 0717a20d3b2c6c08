"""Small things about words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

_SURROGATE = regex("[\ud800-\udfff]")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    import difflib  # noqa: PLC0415 - only wrong words need it

    found = difflib.get_close_matches(word, list(known), n=1)
    return found[0] if found else None


def address(text: str) -> tuple[str, ...]:
    """The way to a function that a string says: `("rooms", "messages", "list")` of `rooms/messages:list`."""
    return tuple(text.replace(":", "/").split("/"))


def count(number: int, noun: str) -> str:
    """`1 file`, `3 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(items: Iterable[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *head, tail = list(items)
    return f"{', '.join(head)} {last} {tail}" if head else tail


def as_json(value: Any) -> str:
    """A document of JSON with an indent of two, made by msgspec, which is ten times as fast at it."""
    import msgspec  # noqa: PLC0415 - only some commands print documents

    try:
        compact = msgspec.json.encode(value)
    except (TypeError, UnicodeEncodeError):  # types that only Python knows, no text
        import json  # noqa: PLC0415

        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        compact = text.encode("utf-8", "surrogatepass")
    return msgspec.json.format(compact, indent=2).decode("utf-8", "surrogatepass")


def is_text(name: str) -> bool:
    """Whether UTF-8 can hold it: names of files need not be text."""
    return _SURROGATE.search(name) is None


def printable(text: str) -> str:
    """Text that UTF-8 can hold: what stands for bytes of a file's name that are none is replaced."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
