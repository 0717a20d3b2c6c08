"""Changes to a text at places the parser found; everything else stays byte for byte."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

WIDTH = 100
"""Columns of a line in the template's Prettier configuration."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Replace the bytes from `start` to `end` by `text`, whose lines end in a line feed."""

    start: int
    end: int
    text: str


def applied(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The source with these edits, which must not overlap; new lines end as the old ones do."""
    newline = "\r\n" if b"\r\n" in source else "\n"
    parts, position = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [source[position : edit.start], edit.text.replace("\n", newline).encode()]
        position = edit.end
    return b"".join([*parts, source[position:]])


def indent_of(source: bytes, node: Node) -> str:
    """The white space that the line of a node starts with."""
    line = source[source.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
    return line[: len(line) - len(line.lstrip())].decode()


def end_of_line(node: Node) -> int:
    """Where a node ends, with the comment that follows it on its line."""
    follower = node.next_sibling
    if follower is not None and follower.type == ",":
        node, follower = follower, follower.next_sibling
    is_trailing = (
        follower is not None
        and follower.type == "comment"
        and follower.start_point.row == node.end_point.row == follower.end_point.row
    )
    return follower.end_byte if is_trailing and follower is not None else node.end_byte


def start_with_comments(node: Node) -> int:
    """Where the comments above a node start, or the node where it has none."""
    start = node
    while (before := start.prev_sibling) is not None and before.type == "comment":
        owner = before.prev_sibling
        if owner is not None and owner.end_point.row == before.start_point.row:
            break  # it belongs to what stands before it on its line
        start = before
    return start.start_byte


def reindented(text: str, before: str, after: str) -> str:
    """A text whose lines, but the first, start with `after` instead of `before`."""
    return re.sub(rf"\n{re.escape(before)}(?=[^\n])", lambda _: f"\n{after}", text)
