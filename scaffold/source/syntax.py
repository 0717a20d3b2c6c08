"""Parsing, and reading the few shapes of literal that configuration files are made of."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from tree_sitter import Node

from scaffold.core.patterns import regex
from scaffold.source.grammar import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Node",
    "arguments_of",
    "children",
    "line_of",
    "parse",
    "property_name",
    "string_value",
    "text_of",
    "unescape",
    "unwrap",
]

WRAPPERS = {"as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_SURROGATE = regex("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def parse(source: bytes, *, jsx: bool = False) -> Node:
    """The root of the syntax tree; what does not parse stands in it as ERROR nodes."""
    return grammar(jsx=jsx).parser.parse(source).root_node


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """The line a node starts on, counted from 1."""
    return node.start_point.row + 1


def children(node: Node) -> Iterator[Node]:
    """The named children, without comments."""
    return (child for child in node.named_children if child.type != "comment")


def arguments_of(call: Node) -> list[Node]:
    """What a call is given."""
    given = call.child_by_field_name("arguments")
    return list(children(given)) if given is not None else []


def unwrap(node: Node) -> Node:
    """The expression inside parentheses, `as T`, `satisfies T` and `!`."""
    while node.type in WRAPPERS:
        node = next(children(node))
    return node


def string_value(node: Node | None) -> str | None:
    """The value of a string literal, or of a template literal without substitutions; else None."""
    if node is None:
        return None
    node = unwrap(node)
    if node.type not in {"string", "template_string"}:
        return None
    if any(child.type == "template_substitution" for child in node.named_children):
        return None
    return unescape(text_of(node)[1:-1])


def property_name(node: Node | None) -> str | None:
    """The name of an object's key: an identifier, a string or a number; None if it is computed."""
    if node is None or node.type == "computed_property_name":
        return None
    return string_value(node) if node.type == "string" else text_of(node)


def unescape(text: str) -> str:
    """The value of a string literal's text between its quotes.

    Half a pair of surrogates, which no UTF-8 can hold, and what is no character become the replacement
    character.
    """

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "ux" and len(code) > 1:
            number = int(code[1:].strip("{}"), 16)
            return chr(number) if number <= sys.maxunicode else _REPLACEMENT
        return _ESCAPES.get(code, code)

    value = re.sub(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])", one, text)
    if not _SURROGATE.search(value):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def count_errors(source: bytes, *, jsx: bool = False) -> int:
    """How many places of a text do not parse."""
    root = parse(source, jsx=jsx)
    return _errors(root) if root.has_error else 0


def _errors(node: Node) -> int:
    found, stack = 0, [node]
    while stack:
        node = stack.pop()
        found += node.is_error or node.is_missing
        stack += [child for child in node.children if child.has_error or child.is_missing]
    return found
