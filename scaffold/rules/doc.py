"""The docstring of a rule's module, read: the page of `explain` and of the docs, and the rule's first tests.

    What is wrong, in one sentence.

    Why:
    A paragraph.

    Bad:
    ```ts
    // convex/messages.ts
    ctx.db.patch(id, {}); // <- CX301
    ```

    Good:
    (fenced code)

    Way out:
    A paragraph.

    Exceptions:
    - What looks alike and is fine.

A line `// path/name.ts` in a fence starts a file; without one the code is `convex/example.ts`. A mark
`// <- CX301` at the end of a line says that the rule reports there.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass, field

from scaffold.core.patterns import regex

SECTIONS = ("Why", "Bad", "Good", "Way out", "Exceptions")
_HEADING = regex(rf"^({'|'.join(SECTIONS)}):[ \t]*$", re.MULTILINE)
_FENCE = regex(r"^([ \t]*)```(\w*)([^\n]*)\n(.*?)^\1```[ \t]*$", re.MULTILINE | re.DOTALL)
_FILE = regex(r"^//[ \t]+((?:[\w@.\[\]$-]+/)*[\w@.\[\]$-]+\.[a-z]+)[ \t]*$", re.MULTILINE)
_MARK = regex(r"[ \t]*(?://|\{?/\*)[ \t]*<-[ \t]*([A-Z]+\d+(?:[ ,]+[A-Z]+\d+)*)[ \t]*(?:\*/\}?)?[ \t]*$")
_DEFAULT_FILE = "convex/example.ts"


@dataclass(frozen=True, order=True)
class Mark:
    """A line, counted from 1, on which a rule reports."""

    path: str
    line: int
    code: str


@dataclass(frozen=True)
class Example:
    """The code of one fence. `text` is as written; `files` are without headings and marks.

    `role` is what follows the language: case files say `fixed` for what a fix makes of the code.
    """

    text: str
    language: str = "ts"
    files: dict[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Doc:
    """The parts of a rule's page. A part that is missing is empty."""

    summary: str = ""
    why: str = ""
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    way_out: str = ""
    exceptions: str = ""

    def missing(self) -> list[str]:
        """The parts that a page must have and this one lacks."""
        parts = {
            "a summary": self.summary,
            "Why": self.why,
            "Bad": self.bad,
            "Good": self.good,
            "Way out": self.way_out,
        }
        return [name for name, value in parts.items() if not value]


def parse(docstring: str) -> Doc:
    """The parts of a docstring; text under no heading belongs to the summary."""
    first, *rest = _HEADING.split(inspect.cleandoc(docstring))
    parts = {
        heading: textwrap.dedent(body).strip("\n")
        for heading, body in zip(rest[::2], rest[1::2], strict=True)
    }
    return Doc(
        summary=_paragraph(first),
        why=_paragraph(parts.get("Why", "")),
        bad=examples(parts.get("Bad", "")),
        good=examples(parts.get("Good", "")),
        way_out=_paragraph(parts.get("Way out", "")),
        exceptions=inspect.cleandoc(parts.get("Exceptions", "")),
    )


def examples(text: str) -> tuple[Example, ...]:
    """The fenced code in a text."""
    return tuple(
        _example(textwrap.dedent(match[4]).strip("\n"), match[2] or "ts", match[3].strip())
        for match in _FENCE.finditer(text)
    )


def _example(text: str, language: str, role: str) -> Example:
    files: dict[str, str] = {}
    marks: list[Mark] = []
    for path, source in _split(text, language).items():
        lines = source.splitlines()
        for number, line in enumerate(lines, 1):
            if mark := _MARK.search(line):
                lines[number - 1] = line[: mark.start()]
                marks += [Mark(path, number, code) for code in re.split(r"[ ,]+", mark[1])]
        files[path] = "".join(f"{line}\n" for line in lines)
    return Example(text, language, files, tuple(sorted(marks)), role)


def _split(text: str, language: str) -> dict[str, str]:
    """The files of a fence, by the lines that name them."""
    first, *rest = _FILE.split(text)
    default = _DEFAULT_FILE if language == "ts" else f"convex/example.{language}"
    alone = {default: first.strip("\n")} if first.strip() else {}
    return alone | {path: source.strip("\n") for path, source in zip(rest[::2], rest[1::2], strict=True)}


def _paragraph(text: str) -> str:
    """Text with its paragraphs, each on one line."""
    blocks = re.split(r"\n[ \t]*\n", inspect.cleandoc(text))
    return "\n\n".join(" ".join(block.split()) for block in blocks).strip()
