"""Arguments written as Python: the plainest value of each validator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.validators import Validator

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.values import Unknown

_PLAIN = {
    "string": '"text"',
    "number": "1.0",
    "float64": "1.0",
    "int64": "ConvexInt64(1)",
    "bigint": "ConvexInt64(1)",
    "commitTs": "ConvexInt64(1)",
    "boolean": "False",
    "null": "None",
    "any": "None",
    "bytes": 'b""',
    "array": "[]",
    "record": "{}",
}
_PAGE = {"numItems": "10", "cursor": "None"}


class UnreadableError(Exception):
    """A validator that cannot be told from the code."""


def fields(args: Validator | Unknown | None, id_of: Callable[[str, str], str]) -> dict[str, str]:
    """The arguments that a call must have, each as Python. `id_of` writes an id by argument and table.

    Raises:
        UnreadableError: some validator cannot be read.
    """
    if not isinstance(args, Validator) or args.kind != "object" or not args.complete:
        raise UnreadableError
    return {name: _value(name, field, id_of) for name, field in args.fields.items() if not field.optional}


def is_readable(args: Validator) -> bool:
    """Whether such arguments can be written."""
    try:
        fields(args, lambda _argument, table: table)
    except UnreadableError:
        return False
    return True


def _value(name: str, validator: Validator, id_of: Callable[[str, str], str]) -> str:
    match validator.kind:
        case "id" if validator.table:
            return id_of(name, validator.table)
        case "literal":
            return literal(validator.value)
        case "union":
            members = [each for each in validator.members if each.kind != "null"]
            return _value(name, members[0], id_of) if members else "None"
        case "object" if validator.complete:
            required = {key: field for key, field in validator.fields.items() if not field.optional}
            if _PAGE.keys() <= required.keys():
                return dictionary(_PAGE)
            return dictionary({key: _value("", field, id_of) for key, field in required.items()})
        case kind if kind in _PLAIN:
            return _PLAIN[kind]
    raise UnreadableError


def literal(value: str | float | int | bool | None) -> str:  # noqa: FBT001, PYI041 - any literal
    """A literal of TypeScript as Python."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"ConvexInt64({value})"
    return text(value) if isinstance(value, str) else repr(value)


def text(value: str) -> str:
    """A string with the quotes that formatters choose."""
    written = repr(value)
    if written.startswith('"') or '"' in value:
        return written
    return f'"{written[1:-1]}"'


def dictionary(entries: dict[str, str]) -> str:
    """`{"a": 1, "b": 2}`."""
    return "{" + ", ".join(f"{text(key)}: {value}" for key, value in entries.items()) + "}"
