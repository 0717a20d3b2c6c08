"""Types as they are written: the way into them, as far as their text tells."""

from __future__ import annotations

import re

from scaffold.core.patterns import regex

_LONGEST = 4_000
_DECLARED = regex(r"\b(?:type\s+(?P<alias>\w+)\s*=|interface\s+(?P<interface>\w+)\b[^{;]*(?={))")
_GOES_ON = regex(r"\s*[|&]|\s*$")
_OPENING, _CLOSING = "<({[", ">)}]"
_NOTHING = {"null", "undefined", ""}
_MODIFIER = regex(r"^readonly\s+")
_SAME = regex(r"^(?:Readonly|Partial|Required|NonNullable)<(.*)>$", re.DOTALL)
_FIRST = regex(r"^(?:Pick|Omit|Extract|Exclude|WithoutSystemFields)<(.*)>$", re.DOTALL)
_ARRAY = regex(r"^(?:ReadonlyArray|Array|ReadonlySet|Set)<(.*)>$", re.DOTALL)
_INDEXED = regex(r"^(.+)\[\s*[\"'](\w+)[\"']\s*\]$", re.DOTALL)
_CONTINUED = regex(r"\n\s*(?=[|&])|(?<=[:|&])\s*\n")
_PROPERTY = regex(r"^(?:readonly\s+)?[\"']?(\w+)[\"']?\s*\??\s*:(.*)$", re.DOTALL)


def followed(annotation: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The type at a path, and what is left of the path where the text does not lead on.

    `*` goes into an array. null and undefined are passed over: who goes on has looked.
    """
    annotation, path = _plain(annotation, path)
    while path:
        inner = _element(annotation) if path[0] == "*" else _property(annotation, path[0])
        if inner is None:
            break
        annotation, path = _plain(inner, path[1:])
    return annotation, path


def declared(source: str) -> dict[str, str]:
    """What each `type Name = …` and `interface Name { … }` of a module stands for; the first of a name."""
    found: dict[str, str] = {}
    for match in _DECLARED.finditer(source):
        name = match["alias"] or match["interface"]
        if name not in found:
            found[name] = _stands_for(source[match.end() : match.end() + _LONGEST], bool(match["interface"]))
    return found


def _stands_for(text: str, is_interface: bool) -> str:  # noqa: FBT001 - of the match
    """What stands behind a type's name, up to where it ends."""
    depth = 0
    for place, sign in enumerate(text):
        depth += _step(text, place, sign)
        closes = sign == "}" and is_interface
        if not depth and (closes or sign == ";" or (sign == "\n" and _is_over(text, place))):
            text = text[: place + 1]
            break
    return text.strip(" \n;")


def _is_over(text: str, place: int) -> bool:
    """Whether a type ends with a line."""
    return bool(text[:place].strip()) and _GOES_ON.match(text, place) is None


def _plain(annotation: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A type without what says nothing of its shape, and with it the way that the type itself goes."""
    text = annotation.strip()
    members = [each for each in map(str.strip, _split(text, "|")) if each not in _NOTHING]
    if len(members) == 1 and members[0] != text:
        return _plain(members[0], path)
    text = _MODIFIER.sub("", text)
    if text.startswith("(") and _is_whole(text):
        return _plain(text[1:-1], path)
    if (same := _SAME.match(text)) and _is_whole(text[text.index("<") :]):
        return _plain(same[1], path)
    if (first := _FIRST.match(text)) and _is_whole(text[text.index("<") :]):
        return _plain(_split(first[1], ",")[0], path)
    if (indexed := _INDEXED.match(text)) and not text.startswith("{"):
        return _plain(indexed[1], (indexed[2], *path))
    return text, path


def _element(text: str) -> str | None:
    if len(_split(text, "|&")) > 1:
        return None
    if text.endswith("[]"):
        return text[:-2]
    array = _ARRAY.match(text)
    return array[1] if array else None


def _property(text: str, name: str) -> str | None:
    for part in map(str.strip, _split(text, "&")):
        if not part.startswith("{") or not _is_whole(part):
            continue
        for member in _members(part[1:-1]):
            match = _PROPERTY.match(member.strip())
            if match and match[1] == name:
                return match[2]
    return None


def _members(text: str) -> list[str]:
    """The members of an object type, which end by a sign, or by the line where none of them has one."""
    members = _split(text, ";,")
    return members if len(members) > 1 else _split(_CONTINUED.sub(" ", text), "\n")


def _is_whole(text: str) -> bool:
    """Whether what the text begins with is closed by its end, and not before."""
    depth = 0
    for place, sign in enumerate(text):
        depth += _step(text, place, sign)
        if not depth:
            return place == len(text) - 1
    return False


def _split(text: str, signs: str) -> list[str]:
    """The parts between signs that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += _step(text, place, sign)
        if not depth and sign in signs:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _step(text: str, place: int, sign: str) -> int:
    """How many brackets a sign opens; the arrow of a function is none."""
    if sign in _OPENING:
        return 1
    return -1 if sign in _CLOSING and not (sign == ">" and text[place - 1 : place] == "=") else 0
