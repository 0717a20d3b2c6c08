"""What a configuration file may hold, said once: reading, complaints and the JSON schema all come from it.

A `Table` lists its keys; each key has a shape. Reading yields only what was given, so that files can be laid
over one another before defaults apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from scaffold.core.errors import ConfigurationError
from scaffold.core.text import count, listing, nearest

if TYPE_CHECKING:
    from scaffold.core.toml import Document, KeyPath


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong in a document, and what to write instead."""

    line: int
    message: str
    hint: str


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A value on its way through the shapes: where it stands, and where to complain."""

    document: Document
    path: KeyPath = ()
    problems: list[Problem] = msgspec.field(default_factory=list)

    def inside(self, step: str | int) -> Spot:
        """The spot one key or array position further in."""
        return Spot(document=self.document, path=(*self.path, step), problems=self.problems)

    def complain(self, message: str, hint: str) -> None:
        """Note that something is wrong here."""
        self.problems.append(Problem(line=self.document.line(self.path), message=message, hint=hint))

    @property
    def name(self) -> str:
        """The value as a message calls it: `paths[1].glob`."""
        text = ""
        for step in self.path:
            text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
        return text.removeprefix(".") or "the file"


class Shape(Protocol):
    """What a value may be."""

    def read(self, value: Any, spot: Spot) -> Any:
        """The value, checked; complaints go to the spot."""
        ...

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a value."""
        ...


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A string, perhaps one of a few, or of a form that `what` puts into words."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    what: str = "text"
    example: str = ""

    def read(self, value: Any, spot: Spot) -> Any:
        """The string, checked."""
        if self.choices and value not in self.choices:
            guess = nearest(value, self.choices) if isinstance(value, str) else None
            hint = f"did you mean '{guess}'?" if guess else f"choose {listing(self.choices, last='or')}"
            spot.complain(f"{spot.name} is {shown(value)}", hint)
        elif not isinstance(value, str) or (self.pattern and not re.fullmatch(self.pattern, value)):
            spot.complain(f"{spot.name} is {shown(value)}", f"give it {self.what}{self._example()}")
        return value

    def _example(self) -> str:
        return f", as in {self.example}" if self.example else ""

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a string."""
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string"} | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


class Integer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole number, not below `minimum`."""

    minimum: int = 0

    def read(self, value: Any, spot: Spot) -> Any:
        """The number, checked."""
        if not isinstance(value, int) or isinstance(value, bool) or value < self.minimum:
            spot.complain(
                f"{spot.name} is {shown(value)}", f"give it a whole number, {self.minimum} or greater"
            )
        return value

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a number."""
        return {"type": "integer", "minimum": self.minimum}


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number within bounds, whole or not, that `what` puts into words."""

    what: str
    minimum: float = 0
    maximum: float | None = None

    def read(self, value: Any, spot: Spot) -> Any:
        """The number, checked."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not is_number or value < self.minimum or (self.maximum is not None and value > self.maximum):
            spot.complain(f"{spot.name} is {shown(value)}", f"give it {self.what}")
        return value

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a number."""
        upper = {} if self.maximum is None else {"maximum": self.maximum}
        return {"type": "number", "minimum": self.minimum, **upper}


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """True or false."""

    def read(self, value: Any, spot: Spot) -> Any:
        """The flag, checked."""
        if not isinstance(value, bool):
            spot.complain(f"{spot.name} is {shown(value)}", "give it true or false")
        return value

    def schema(self) -> dict[str, Any]:
        """The JSON schema of a flag."""
        return {"type": "boolean"}


class Anything(msgspec.Struct, frozen=True, kw_only=True):
    """A value that somebody else checks: the threshold of a rule."""

    def read(self, value: Any, spot: Spot) -> Any:  # noqa: ARG002 - a shape
        """The value as it is."""
        return value

    def schema(self) -> dict[str, Any]:
        """The schema that allows everything."""
        return {}


class ListOf(msgspec.Struct, frozen=True, kw_only=True):
    """An array of values of one shape; `or_one` lets a single value stand for an array of it."""

    item: Shape
    or_one: bool = False

    def read(self, value: Any, spot: Spot) -> Any:
        """The values, checked, as a list."""
        if self.or_one and isinstance(value, str):
            return [self.item.read(value, spot)]
        if not isinstance(value, list):
            spot.complain(f"{spot.name} is {shown(value)}", "give it an array: [ … ]")
            return []
        return [self.item.read(each, spot.inside(position)) for position, each in enumerate(value)]

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such an array."""
        array = {"type": "array", "items": self.item.schema()}
        return {"anyOf": [self.item.schema(), array]} if self.or_one else array


class MapOf(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose keys the user chooses, within `pattern`; its values have one shape."""

    value: Shape
    pattern: str = r".+"
    what: str = "a name"

    def read(self, value: Any, spot: Spot) -> Any:
        """The table, checked."""
        if not isinstance(value, dict):
            spot.complain(f"{spot.name} is {shown(value)}", f"make it a table: [{spot.name}]")
            return {}
        for key in value:
            if not re.fullmatch(self.pattern, key):
                spot.inside(key).complain(f"{key!r} in {spot.name} is not {self.what}", f"give {self.what}")
        return {key: self.value.read(each, spot.inside(key)) for key, each in value.items()}

    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a table."""
        return {
            "type": "object",
            "patternProperties": {f"^(?:{self.pattern})$": self.value.schema()},
            "additionalProperties": False,
        }


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a table: its shape, what it means, and what holds where it is absent.

    `adds` says how a file and the one it extends come together: their lists are joined, not replaced.
    """

    name: str
    shape: Shape
    doc: str
    default: Any = None
    required: bool = False
    adds: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table with known keys."""

    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The key of that name.

        Raises:
            KeyError: there is none.
        """
        return {key.name: key for key in self.keys}[name]

    def read(self, value: Any, spot: Spot) -> Any:
        """What of the table was given, checked; unknown keys are complained of and left out."""
        if not isinstance(value, dict):
            spot.complain(f"{spot.name} is {shown(value)}", f"make it a table: [{spot.name}]")
            return {}
        known = {key.name: key for key in self.keys}
        for name in value:
            if name not in known:
                _complain_of_key(name, spot.inside(name), list(known))
        for key in self.keys:
            if key.required and key.name not in value:
                spot.complain(f"{spot.name} has no {key.name}", f"add {key.name}: {key.doc}")
        return {
            name: known[name].shape.read(each, spot.inside(name))
            for name, each in value.items()
            if name in known
        }

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the table, for editors."""
        properties = {key.name: _property(key) for key in self.keys}
        required = [key.name for key in self.keys if key.required]
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {})


def read(document: Document, table: Table) -> dict[str, Any]:
    """What a document gives for a table.

    Raises:
        ConfigurationError: keys are unknown or values wrong; all of them are named.
    """
    spot = Spot(document=document)
    values: dict[str, Any] = table.read(document.data, spot)
    raise_problems(document.name, spot.problems)
    return values


def raise_problems(name: str, problems: list[Problem]) -> None:
    """Fail if anything is wrong, in the order of the file `name`.

    Raises:
        ConfigurationError: there is a problem.
    """
    if not problems:
        return
    first, *others = sorted(problems, key=lambda problem: problem.line)
    detail = [f"{name}:{problem.line}: {problem.message}; {problem.hint}" for problem in others]
    if detail:
        detail.insert(0, f"and {count(len(others), 'more error')}:")
    raise ConfigurationError(f"{name}:{first.line}", first.message, first.hint, "\n".join(detail))


def json_schema(table: Table, *, title: str) -> dict[str, Any]:
    """The JSON schema of a whole file."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **table.schema()}


def shown(value: Any) -> str:
    """A value as a message quotes it."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str | int | float) else str(value)


def _complain_of_key(name: str, spot: Spot, known: list[str]) -> None:
    where = spot.name.removesuffix(name).rstrip(".")
    guess = nearest(name, known)
    hint = f"did you mean {guess}?" if guess else f"its keys are {listing(known)}"
    spot.complain(f"unknown key {name!r}{f' in {where}' if where else ''}", hint)


def _property(key: Key) -> dict[str, Any]:
    schema = {"description": key.doc, **key.shape.schema()}
    return schema if key.default is None else schema | {"default": key.default}
