"""Syntax tree to nodes: what a file takes from others by name, and hands on by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from scaffold.source.lowering import Expressions

_TYPES = {"type", "typeof"}


def imported(lowering: Expressions, node: Node) -> Iterable[n.Import]:
    """An import statement; none for `import a = require("…")`."""
    source = node.child_by_field_id(lowering.fields.source)
    if source is None:
        return ()
    names: list[tuple[str, str]] = []
    for clause in node.named_children:
        if lowering.kinds[clause.kind_id] == "import_clause":
            for child in clause.named_children:
                names.extend(_bound(lowering, child))
    type_only = lowering.begins_with(node, "type", source.start_byte)
    specifier = lowering.key(source) or ""
    return (n.Import(node.start_byte, node.end_byte, specifier, tuple(names), type_only),)


def exported(lowering: Expressions, node: Node) -> n.ExportNames:
    """`export { a, b as c };`, `export * from "…";`."""
    source = node.child_by_field_id(lowering.fields.source)
    specifier = lowering.key(source) if source is not None else None
    names: list[tuple[str, str]] = []
    for child in node.children:
        if child.type == "export_clause":
            names.extend(_specified(lowering, child, "export_specifier"))
        elif child.type == "*":
            names.append(("*", "*"))
        elif child.type == "namespace_export":
            names = [("*", lowering.key(child.named_children[0]) or "")]
    type_only = lowering.begins_with(node, "type", node.end_byte)
    return n.ExportNames(node.start_byte, node.end_byte, tuple(names), specifier, type_only)


def _bound(lowering: Expressions, node: Node) -> Iterable[tuple[str, str]]:
    match lowering.kinds[node.kind_id]:
        case "identifier":
            return (("default", lowering.text(node)),)
        case "namespace_import":
            return (("*", lowering.text(node.named_children[0])),)
        case "named_imports":
            return _specified(lowering, node, "import_specifier")
    return ()


def _specified(lowering: Expressions, clause: Node, kind: str) -> Iterator[tuple[str, str]]:
    """The names in braces, without those of types."""
    for specifier in clause.named_children:
        if lowering.kinds[specifier.kind_id] != kind:
            continue
        text = lowering.text(specifier)
        if text.isidentifier():  # as most are: nothing but a name
            yield text, text
        elif specifier.child_count and lowering.kinds[specifier.children[0].kind_id] not in _TYPES:
            yield _renamed(lowering, specifier)


def _renamed(lowering: Expressions, specifier: Node) -> tuple[str, str]:
    name = lowering.key(specifier.child_by_field_id(lowering.fields.name)) or ""
    alias = lowering.key(specifier.child_by_field_id(lowering.fields.alias))
    return name, alias or name
