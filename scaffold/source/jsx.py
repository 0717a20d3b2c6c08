"""JSX to nodes: elements with their attributes and the expressions among their children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from tree_sitter import Node

    from scaffold.source.lowering import Expressions

_CHILDREN = {"jsx_element", "jsx_self_closing_element", "jsx_expression", "jsx_fragment"}


def element(lowering: Expressions, node: Node) -> n.Expression:
    """An element with all that is inside of it."""
    opening = node.child_by_field_name("open_tag") or node
    named = opening.child_by_field_name("name")
    attributes = tuple(
        attribute
        for child in opening.named_children
        if child.type in {"jsx_attribute", "jsx_expression"}
        if (attribute := _attribute(lowering, child)) is not None
    )
    inner = node.named_children if node.type == "jsx_element" else []
    children = tuple(lowering.expression(child) for child in inner if child.type in _CHILDREN)
    name = lowering.text(named) if named is not None else ""
    return n.Element(node.start_byte, node.end_byte, name, attributes, children)


def _attribute(lowering: Expressions, node: Node) -> n.Property | None:
    start, end = node.start_byte, node.end_byte
    if node.type == "jsx_expression":
        inner = lowering.all_of(node.named_children)
        return n.Property(start, end, None, inner[0], "spread") if inner else None
    values = node.named_children
    name = lowering.text(values[0]) if values else None
    value = lowering.expression(values[1]) if len(values) > 1 else n.Constant(start, end, value=True)
    return n.Property(start, end, name, value)


def expression(lowering: Expressions, node: Node) -> n.Expression:
    """What stands between braces."""
    inner = lowering.all_of(node.named_children)
    return inner[0] if inner else n.Other(node.start_byte, node.end_byte, "empty")
