"""Literals to nodes: strings, numbers, objects and what they are made of."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from scaffold.source import nodes as n
from scaffold.source.syntax import unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from scaffold.source.lowering import Expressions

_CONSTANTS: dict[str, bool | str | None] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": "undefined",
}


def string(lowering: Expressions, node: Node) -> n.Expression:
    """`"x"`."""
    start, end = node.start_byte, node.end_byte
    text = lowering.text_between(start + 1, end - 1)
    return n.String(start, end, unescape(text) if "\\" in text else text)


def template(lowering: Expressions, node: Node) -> n.Expression:
    """A template: a string, where nothing is substituted."""
    children = [(child, lowering.kinds[child.kind_id]) for child in node.named_children]
    if all(kind != "template_substitution" for _, kind in children):
        return string(lowering, node)
    parts: list[n.Expression] = []
    for child, kind in children:
        if kind == "template_substitution":
            parts.extend(lowering.all_of(child.named_children))
        elif kind == "string_fragment":
            parts.append(n.String(child.start_byte, child.end_byte, lowering.text(child)))
    return n.Template(node.start_byte, node.end_byte, tuple(parts))


def number(lowering: Expressions, node: Node) -> n.Expression:
    """A number or a bigint."""
    text = lowering.text(node).replace("_", "")
    if text.endswith("n"):
        return n.Number(node.start_byte, node.end_byte, _bigint(text[:-1]))
    try:
        value = float(int(text, 0)) if text[:2].lower() in {"0x", "0o", "0b"} else float(text)
    except (ValueError, OverflowError):
        value = 0.0
    return n.Number(node.start_byte, node.end_byte, value)


def _bigint(text: str) -> float:
    """As many as 64 bits are kept as they are; Convex has no larger ones."""
    try:
        value = int(text, 0)
    except ValueError:  # Python reads no more than some thousands of digits
        return inf
    return value if value < 1 << 64 else _rounded(value)


def _rounded(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf


def constant(lowering: Expressions, node: Node) -> n.Expression:
    """`true`, `false`, `null`, `undefined`."""
    return n.Constant(node.start_byte, node.end_byte, _CONSTANTS[lowering.kinds[node.kind_id]])


def object_(lowering: Expressions, node: Node) -> n.Expression:
    """An object, or a pattern of one."""
    return n.Object(node.start_byte, node.end_byte, lowering.properties(node.named_children))


def array(lowering: Expressions, node: Node) -> n.Expression:
    """An array, or a pattern of one."""
    return n.Array(node.start_byte, node.end_byte, lowering.all_of(node.named_children))


def pair(lowering: Expressions, node: Node) -> n.Property:
    """`key: value`."""
    key = node.child_by_field_id(lowering.fields.key)
    name = lowering.key(key)
    value = lowering.field(node, lowering.fields.value)
    if name is not None or key is None:
        return n.Property(node.start_byte, node.end_byte, name, value)
    inner = lowering.all_of(key.named_children)
    computed = inner[0] if inner else None
    if isinstance(computed, n.String):
        return n.Property(node.start_byte, node.end_byte, computed.value, value)
    return n.Computed(node.start_byte, node.end_byte, None, value, "computed", computed)


def shorthand(lowering: Expressions, node: Node) -> n.Property:
    """`{ key }`."""
    start, end = node.start_byte, node.end_byte
    text = lowering.text_between(start, end)
    return n.Property(start, end, text, n.Name(start, end, text), "shorthand")


def shorthand_with_default(lowering: Expressions, node: Node) -> n.Property:
    """`{ key = value }`."""
    start, end = node.start_byte, node.end_byte
    left = node.child_by_field_id(lowering.fields.left)
    name = lowering.text(left) if left is not None else ""
    value = n.Assign(start, end, "=", n.Name(start, end, name), lowering.field(node, lowering.fields.right))
    return n.Property(start, end, name, value, "shorthand")


def method(lowering: Expressions, node: Node) -> n.Property:
    """`key() {}`, `get key() {}`."""
    named = node.child_by_field_id(lowering.fields.name)
    name = lowering.key(named)
    begun = named.start_byte if named is not None else node.end_byte
    kind = "getter" if lowering.begins_with(node, "get", begun) else "method"
    return n.Property(node.start_byte, node.end_byte, name, lowering.function(node, name or ""), kind)


def field_definition(lowering: Expressions, node: Node) -> n.Property | None:
    """`key = value` in a class; None where it is only declared."""
    value = node.child_by_field_id(lowering.fields.value)
    if value is None:
        return None
    name = lowering.key(node.child_by_field_id(lowering.fields.name))
    return n.Property(node.start_byte, node.end_byte, name, lowering.expression(value))


def spread_properties(lowering: Expressions, node: Node) -> n.Property | None:
    """`...x` in an object."""
    inner = lowering.all_of(node.named_children)
    return n.Property(node.start_byte, node.end_byte, None, inner[0], "spread") if inner else None
