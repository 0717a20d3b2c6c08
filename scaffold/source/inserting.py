"""What a file inserts into tables, as far as its text tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.source.module_facts import Insert
from scaffold.source.syntax import arguments_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_WORD = b".insert("
_CONTEXT = regex(rb"\s*(?:ctx|context)\b")  # what an aggregate is given first: no table is
_FIRST = regex(rb"\s*[\"'](\w+)[\"']")
_OF_TABLE = regex(rb"\.table\(\s*[\"'](\w+)[\"']\s*\)\s*$")
_BEFORE = 80  # bytes in which `.table("…")` may stand
_NAMING = {"function_declaration", "method_definition", "variable_declarator"}
_FUNCTIONS = {"arrow_function", "function_expression", "call_expression"}
_EACH = {b"map", b"flatMap", b"forEach"}
_PARTS = {b"entries", b"values", b"keys"}
_LITERALS = {"object", "array", "string"}
_CONSTANT = regex(rb"_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


def inserts(source: bytes, root: Node) -> Iterator[Insert]:
    """The places that insert a document."""
    start = source.find(_WORD)
    while start >= 0:
        end = start + len(_WORD)
        if not _CONTEXT.match(source, end):
            first = _FIRST.match(source, end) or _OF_TABLE.search(source[max(0, start - _BEFORE) : start])
            node = root.descendant_for_byte_range(start + 1, end - 1) if first else None
            listed, within = _around(source, node) if node is not None else (False, "")
            yield Insert(first[1].decode() if first else "", listed, within)
        start = source.find(_WORD, end)


def _around(source: bytes, node: Node) -> tuple[bool, str]:
    """Whether an insert is done for each entry of a list that stands in the code, and what it stands in."""
    listed, name = False, ""
    while (around := node.parent) is not None:
        if not listed:
            rows = _rows(around, node)
            listed = rows is not None and _is_written(source, rows)
        if around.type in _NAMING and _is_function(around):
            name = _text(around.child_by_field_name("name")).decode("utf-8", "replace")
        node = around
    return listed, name


def _rows(around: Node, node: Node) -> Node | None:
    """What a node goes through, of which another is a part: a loop, or `rows.map(…)`."""
    if around.type == "for_in_statement" and node == around.child_by_field_name("body"):
        return around.child_by_field_name("right")
    if around.type != "call_expression" or node != around.child_by_field_name("arguments"):
        return None
    callee = around.child_by_field_name("function")
    if callee is None or callee.type != "member_expression":
        return None
    method = _text(callee.child_by_field_name("property"))
    return callee.child_by_field_name("object") if method in _EACH else None


def _is_written(source: bytes, rows: Node) -> bool:
    """Whether the entries of a list stand in the code: `[{ … }]`, `Object.entries(DEFAULTS)`, `rows`."""
    rows = unwrap(rows)
    if rows.type == "array":
        return any(child.type in _LITERALS for child in rows.named_children)
    if rows.type == "identifier":
        name = _text(rows)
        return _CONSTANT.fullmatch(name) is not None or _is_declared(source, name)
    if rows.type == "call_expression":
        callee, given = rows.child_by_field_name("function"), arguments_of(rows)
        if callee is None or callee.type != "member_expression" or not given:
            return False
        whole = _text(callee.child_by_field_name("object")) == b"Object"
        parts = whole and _text(callee.child_by_field_name("property")) in _PARTS
        return parts and (unwrap(given[0]).type == "object" or _is_written(source, given[0]))
    return False


def _is_declared(source: bytes, name: bytes) -> bool:
    """Whether a variable is declared as a list, or an object, with something in it."""
    declared = re.compile(rb"\b(?:const|let)\s+%b\b[^=;\n]*=\s*[\[{]\s*(?!\]|\}|\.\.\.)" % re.escape(name))
    return declared.search(source) is not None


def _is_function(node: Node) -> bool:
    """Whether a name is that of a function, or of what is made of one: `mutation({ … })`."""
    if node.type != "variable_declarator":
        return True
    value = node.child_by_field_name("value")
    return value is not None and unwrap(value).type in _FUNCTIONS


def _text(node: Node | None) -> bytes:
    return (node.text or b"") if node is not None else b""
