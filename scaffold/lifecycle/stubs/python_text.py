"""Python text: names, strings, and type expressions broken into lines as ruff breaks them."""

from __future__ import annotations

import builtins
import json
import keyword
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

INDENT = "    "
_BUILTINS = frozenset(dir(builtins))
_LOOK_ALIKES = frozenset({"I", "O", "l"})  # linters refuse them as names


@dataclass(frozen=True)
class Atom:
    """A name, or anything else that is never broken."""

    text: str


@dataclass(frozen=True)
class Subscript:
    """`name[a, b]`; an empty name makes it a list."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Union:
    """`a | b`."""

    members: tuple[Expression, ...]


Expression: TypeAlias = Atom | Subscript | Union


def flat(expression: Expression) -> str:
    """The expression on one line."""
    match expression:
        case Atom(text):
            return text
        case Subscript(name, arguments):
            return f"{name}[{', '.join(map(flat, arguments))}]"
        case Union(members):
            return " | ".join(map(flat, members))


def names_in(expression: Expression) -> Iterator[str]:
    """The names that it is made of, without those in strings."""
    match expression:
        case Atom(text):
            yield text
        case Subscript(name, parts):
            yield name
            yield from (inner for part in parts for inner in names_in(part))
        case Union(parts):
            yield from (inner for part in parts for inner in names_in(part))


def broken(prefix: str, expression: Expression, suffix: str, *, indent: str = "", width: int) -> list[str]:
    """The lines of an expression between two texts: one if it fits.

    What is broken has a comma at its end, so that it stays broken where lines may be longer.
    """
    line = f"{indent}{prefix}{flat(expression)}{suffix}"
    if len(line) <= width:
        return [line]
    if isinstance(expression, Atom):
        alone = f"{indent}{INDENT}{expression.text}"
        return (
            [f"{indent}{prefix}(", alone, f"{indent}){suffix}"] if prefix and len(alone) <= width else [line]
        )
    if isinstance(expression, Union):
        return [f"{indent}{prefix}(", *_inside(expression, indent + INDENT, width), f"{indent}){suffix}"]
    opened = f"{indent}{prefix}{expression.name}["
    inner = indent + INDENT
    if expression.name and len(expression.arguments) == 1:
        inside = _inside(expression.arguments[0], inner, width)
    else:
        inside = [
            part for each in expression.arguments for part in broken("", each, ",", indent=inner, width=width)
        ]
    closed = [f"{indent}]{suffix}"]
    if suffix.startswith("(") and len(closed[0]) > width:
        closed = [f"{indent}](", f"{inner}{suffix[1:-1]},", f"{indent})"]
    return [opened, *inside, *closed]


def _inside(expression: Expression, indent: str, width: int) -> list[str]:
    """The only thing between brackets."""
    if not isinstance(expression, Union) or len(indent + flat(expression)) <= width:
        return broken("", expression, "", indent=indent, width=width)
    first, *others = expression.members
    lines = broken("", first, "", indent=indent, width=width)
    return [*lines, *(part for each in others for part in broken("| ", each, "", indent=indent, width=width))]


def quoted(text: str) -> str:
    """A string literal, with the quotes that need fewer escapes."""
    double = json.dumps(text, ensure_ascii=False)
    if text.count('"') <= text.count("'"):
        return double
    return "'" + double[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def comment(text: str, *, indent: str = "", width: int) -> list[str]:
    """A comment in as many lines as it takes."""
    return textwrap.wrap(
        " ".join(text.split()), width, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "
    )


def identifier(text: str) -> str:
    """The name itself if Python takes it, or the one nearest to it."""
    name = re.sub(r"\W", "_", text)
    if not name.isidentifier():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in _LOOK_ALIKES else name


def attribute(text: str) -> str:
    """The same within a class, which gives names with two underscores another one."""
    return re.sub(r"^__+", "_", identifier(text))


def pascal(*texts: str) -> str:
    """The name of a type: `OrdersPublicPlace` from "orders/public" and "place"."""
    words = [word for text in texts for word in re.split(r"[\W_]+", text) if word]
    return identifier("".join(word[0].upper() + word[1:] for word in words) or "Value")


def unhidden(name: str, taken: Container[str]) -> str:
    """The name, with underscores behind it as long as it would hide another one."""
    while name in taken or name in _BUILTINS:
        name += "_"
    return name


def free(name: str, taken: Callable[[str], bool]) -> str:
    """The name, or the first of `name2`, `name3`, … that is not taken. Python's own names are."""
    number = 1
    found = name
    while taken(found) or found in _BUILTINS:
        number += 1
        found = f"{name}{number}"
    return found
