"""Case files of rules: Markdown; each `## heading` is a small project, with marks where the rule reports.

Fences of one heading are the files of one project. Three kinds of fence say more:
`text` holds what the rule says, whole; `ts fixed` what its fixes make of the code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.rules.doc import Example, Mark, examples

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One project, and what a rule should make of it."""

    name: str
    code: str
    files: dict[str, str]
    marks: list[Mark]
    told: str | None
    fixed: dict[str, str]


def read(path: Path) -> list[Case]:
    """The cases of a file, which is called after the rule."""
    sections = re.split(r"^## (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    pairs = zip(sections[1::2], sections[2::2], strict=True)
    return [_case(path.stem, name.strip(), examples(body)) for name, body in pairs]


def _case(code: str, name: str, fences: tuple[Example, ...]) -> Case:
    told = [fence.text for fence in fences if fence.language == "text"]
    code_fences = [fence for fence in fences if fence.language != "text"]
    files: dict[str, str] = {}
    marks: list[Mark] = []
    fixed: dict[str, str] = {}
    for fence in code_fences:
        if fence.role == "fixed":
            fixed |= fence.files
        else:
            files |= fence.files
            marks += [mark for mark in fence.marks if mark.code == code]
    return Case(name, code, files, sorted(marks), told[0] if told else None, fixed)
