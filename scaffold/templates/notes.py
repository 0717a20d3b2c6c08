"""What changed between two versions of a template, as its changelog says it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.package import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NOTES = PACKAGE / "history" / "notes.json"
"""Our own, by tag: the parts of CHANGELOG.md that are for owners of projects."""

_VERSION_HEADING = re.compile(r"^## +\[?v?(\d+(?:\.\d+)*[\w.+-]*)\]?.*$", re.MULTILINE)
_FOR_OWNERS = re.compile(r"^### Your project\s*$(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What one version changes; `text` is Markdown, or empty where nobody wrote it down."""

    version: str
    text: str


def ours() -> dict[str, str]:
    """The notes on the released versions of our own template, by tag."""
    notes: dict[str, str] = json.loads(NOTES.read_text("utf-8"))
    return notes


def of_changelog(text: str) -> dict[str, str]:
    """The sections of a changelog by version, without a leading `v`.

    Where a section has a part `### Your project`, as ours do, that part alone counts.
    """
    headings = list(_VERSION_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    sections = {}
    for heading, end in zip(headings, ends, strict=True):
        section = text[heading.end() : end]
        part = _FOR_OWNERS.search(section)
        sections[heading[1]] = (part[1] if part else section).strip()
    return sections


def of_template(root: Path) -> dict[str, str]:
    """The notes in the changelog at a template's root, if it has one."""
    try:
        return of_changelog((root / "CHANGELOG.md").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def between(versions: Sequence[str], old: str, new: str, notes: Mapping[str, str]) -> tuple[Note, ...]:
    """The notes on the versions after `old` up to `new`, oldest first; none when going back."""
    if old not in versions or new not in versions:
        return ()
    passed = versions[versions.index(old) + 1 : versions.index(new) + 1]
    return tuple(Note(version=tag, text=notes.get(tag, notes.get(tag.lstrip("v"), ""))) for tag in passed)
