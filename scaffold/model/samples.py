"""A value that a validator accepts, as TypeScript text: rows for the tests of what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source.syntax import Node, arguments_of, children, property_name, text_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN = {
    "string": '"text"',
    "number": "1",
    "float64": "1",
    "int64": "1n",
    "bigint": "1n",
    "commitTs": "1n",
    "boolean": "true",
    "null": "null",
    "any": "null",
    "bytes": "new ArrayBuffer(1)",
    "array": "[]",
    "record": "{}",
}


class NoSampleError(Exception):
    """No value can be made up for this validator."""

    def __init__(self, node: Node) -> None:
        super().__init__(text_of(node))
        self.node = node


def sample(node: Node, constants: Mapping[str, Node], id_of: Callable[[str], str | None]) -> str | None:
    """A value for a field, or None where it can be left out.

    `constants` are the values of names in the same file; `id_of` gives an expression for the id of a row
    of a table, or None where there is none at hand.

    Raises:
        NoSampleError: the validator is imported, computed, or wants the id of a row there is none of.
    """
    node = _resolved(node, constants)
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    receiver, _, kind = text_of(function).rpartition(".") if function is not None else ("", "", "")
    arguments = arguments_of(node)
    if kind == "optional":
        return None
    if receiver != "v":
        raise NoSampleError(node)
    if kind == "literal":
        return text_of(arguments[0])
    if kind == "id":
        known = id_of(text_of(arguments[0]).strip("\"'`"))
        if known is None:
            raise NoSampleError(node)
        return known
    if kind == "union" and arguments:
        return sample(arguments[0], constants, id_of)
    if kind == "object" and arguments:
        return _object(_resolved(arguments[0], constants), constants, id_of)
    if kind not in _PLAIN:
        raise NoSampleError(node)
    return _PLAIN[kind]


def _object(node: Node, constants: Mapping[str, Node], id_of: Callable[[str], str | None]) -> str:
    rows = []
    for part in children(node):
        is_short = part.type == "shorthand_property_identifier"
        name = text_of(part) if is_short else property_name(part.child_by_field_name("key"))
        value = part if is_short else part.child_by_field_name("value")
        if name is None or value is None:
            raise NoSampleError(part)
        text = sample(value, constants, id_of)
        if text is not None:
            rows.append(f"{name}: {text}")
    return f"{{ {', '.join(rows)} }}" if rows else "{}"


def _resolved(node: Node, constants: Mapping[str, Node]) -> Node:
    for _ in range(len(constants) + 1):
        node = unwrap(node)
        if node.type not in {"identifier", "shorthand_property_identifier"} or text_of(node) not in constants:
            break
        node = constants[text_of(node)]
    return node
