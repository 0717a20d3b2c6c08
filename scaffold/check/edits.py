"""Edits as bytes: which go together, and what a file is after them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.findings import Edit, Finding


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Those of the findings whose fixes can be made at once, the first of a clash first.

    Edits clash if they overlap or insert at the same place; the same edit asked for twice is made once.
    """
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    for finding in findings:
        edits = set(finding.fix.edits) if finding.fix else set()
        if not any(_clash(edit, other) for edit in edits for other in taken if edit != other):
            chosen.append(finding)
            taken |= edits
    return chosen


def is_sound(edits: Iterable[Edit], sizes: dict[str, int]) -> bool:
    """Whether the edits of one fix lie within their files and apart from each other."""
    edits = sorted(set(edits))
    inside = all(0 <= edit.start <= edit.end <= sizes.get(edit.path, -1) for edit in edits)
    return inside and not any(_clash(*pair) for pair in pairwise(edits))


def apply(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The file after edits that do not clash; line ends are those that the file has."""
    crlf = source.count(b"\r\n") * 2 > source.count(b"\n")
    parts, position = [], 0
    for edit in sorted(set(edits)):
        text = edit.text.replace("\r\n", "\n")
        parts += [source[position : edit.start], (text.replace("\n", "\r\n") if crlf else text).encode()]
        position = edit.end
    return b"".join([*parts, source[position:]])


def _clash(one: Edit, other: Edit) -> bool:
    if one.path != other.path:
        return False
    if one.start == other.start:
        return True
    first, second = sorted((one, other))
    return second.start < first.end
