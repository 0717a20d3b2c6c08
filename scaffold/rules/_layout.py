"""Writing into a file as its surroundings are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from scaffold.model.module import Module

_INDENTED = regex(rb"^(\t| {2,8})\S", re.MULTILINE)
_WIDTH = 80


def line_start(module: Module, offset: int) -> int:
    """Where the line of an offset starts."""
    return module.lines.source.rfind(b"\n", 0, offset) + 1


def margin(module: Module, offset: int) -> str:
    """The white space at the start of the line of an offset."""
    start = line_start(module, offset)
    line = module.lines.source[start:offset]
    return line[: len(line) - len(line.lstrip())].decode()


def unit(module: Module) -> str:
    """One level of indentation, as the file has it."""
    match = _INDENTED.search(module.lines.source)
    return match[1].decode() if match else "  "


def newline(module: Module) -> str:
    """The line end of the file."""
    return "\r\n" if b"\r\n" in module.lines.source else "\n"


def fits(module: Module, offset: int, text: str) -> bool:
    """Whether a text, put where a line has come so far, stays on that line within a usual width."""
    return "\n" not in text and offset - line_start(module, offset) + len(text) <= _WIDTH


def leads(module: Module, offset: int) -> bool:
    """Whether only white space stands before an offset on its line."""
    return not module.lines.source[line_start(module, offset) : offset].strip()


def indented(module: Module, node: n.Node) -> str:
    """The text of a node, one level deeper; lines that begin inside of a string stay as they are."""
    strings = [part for part in walk(node) if isinstance(part, n.String | n.Template)]
    kept: list[bytes] = []
    offset = node.start
    for line in module.lines.source[node.start : node.end].splitlines(keepends=True):
        inside = any(part.start < offset < part.end for part in strings)
        deeper = offset != node.start and not inside and bool(line.strip())
        kept.append(unit(module).encode() + line if deeper else line)
        offset += len(line)
    return b"".join(kept).decode("utf-8", "replace")
