"""What leaves no node: kinds of syntax that do not run, and parts that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from tree_sitter import Node

SKIPPED = {
    "comment",
    "type_arguments",
    "type_annotation",
    "type_parameters",
    "type_identifier",
    "predefined_type",
    "ERROR",
    "accessibility_modifier",
    "override_modifier",
    "asserts_annotation",
    "type_predicate_annotation",
    "decorator",
}


def missing(node: Node) -> n.Other:
    """What stands for a part that only code that does not parse can lack."""
    return n.Other(node.start_byte, node.end_byte, "missing")
