"""Evidence that what is read concerns people, or is not for everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.rules.observability._personal import personal, secret

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLURAL = regex(r"(?<=ss|ch)es$|(?<!s)s$")
# Spelled in lower case and without the plural's `s`. What people are; some of it may be for everybody.
_PEOPLE = set(
    """
    account admin client customer driver employee guest identity member patient person player profile staff
    student subscriber teacher trainer user
    """.split()
)
# What people ask for, pay and are told: nobody else's business as a whole.
_HELD = set(
    """
    address applicant application appointment billing booking contact credential customer employee enrollment
    invoice lead mail memory notification order patient payment payroll prescription purchase reservation
    salary student subscriber subscription ticket transaction transcript wallet
    """.split()
)
# What is said: in a world or a channel perhaps to everybody.
_TALK = set("message chat conversation thread".split())
_TELLING = set("amount body content items message name notes subject summary text title total".split())
_OWN = set("my mine me own inbox notification setting preference cart draft bookmark saved favorite".split())
# Those whose address everybody may have.
_ESTABLISHMENTS = set(
    """
    agency branch brand business church clinic club college company gym hospital hotel location merchant org
    organization partner publisher restaurant retailer salon school shop sponsor store university vendor venue
    """.split()
)
_PRIVATE = regex(
    r"e_?mail|password|secret|(?<!per)(?<!per_)token(?!s|i[sz]|_?(?:count|address|symbol))|api_?key(?!_?(?:env|name|id))|birth|iban|passport"
    r"|(?<!min)(?<!min_)(?<!max)(?<!max_)salary(?!_?(?:min|max|from|to|range|type|period|currency|unit)(?![a-z]))",
    re.IGNORECASE,
)
_OF_SOMEBODY = regex(r"phone|address|payment|balance", re.IGNORECASE)


def is_held(table: str) -> bool:
    """Whether a table, by its name, holds what people are, pay or say: `customers`, `orders`, `messages`.

    The last word tells what the documents are: `chatMessages` are messages, `subscriptionTiers` are tiers.
    """
    return _last(table) in _PEOPLE | _HELD | _TALK


def is_talk(table: str) -> bool:
    """Whether a table, by its name, holds what people say to each other."""
    return _last(table) in _TALK


def is_kept(table: str, given: Iterable[str] | None) -> bool:
    """Whether what is given of a table's documents, or all, is only for those whom they concern."""
    if _last(table) not in _HELD | _TALK:
        return False
    return given is None or any(each in _TELLING or is_personal((each,)) for each in given)


def is_own(name: str) -> bool:
    """Whether a function or table is named for what is one's own: `getMyGoals`, `notifications`."""
    return not _OWN.isdisjoint(_words(name))


def is_private(table: str, fields: Iterable[str]) -> bool:
    """Whether any field of a table's documents, or what is given of them, is nobody else's business.

    What a shop or a company keeps is mostly shown to everybody, and its address with it.
    """
    return _last(table) not in _ESTABLISHMENTS and any(map(_PRIVATE.search, fields))


def is_personal(fields: Iterable[str]) -> bool:
    """Whether any field is nobody else's business in a person's document."""
    return any(
        _PRIVATE.search(each) or _OF_SOMEBODY.search(each) or personal(each) or secret(each)
        for each in fields
    )


def _last(table: str) -> str:
    return (_words(table) or [""])[-1]


def _words(name: str) -> list[str]:
    return [_singular(word.lower()) for word in _WORDS.findall(name)]


def _singular(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else _PLURAL.sub("", word)
