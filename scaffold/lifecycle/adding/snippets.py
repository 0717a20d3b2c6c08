"""The files that come with the package to be added to projects, with names in place of `$names`.

They are written as the formatter breaks them at their longest; what a shorter name leaves room for is
joined here, so that the result is what the formatter would write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.package import PACKAGE
from scaffold.source import imports
from scaffold.source.edits import WIDTH, Edit, applied
from scaffold.source.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SNIPPETS = PACKAGE / "data" / "snippets"
_CLOSING = (")", "]")


def fragments(folder: str, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder of snippets: path below the functions folder, and content."""
    root = _SNIPPETS / folder / "convex"
    for path in sorted(root.rglob("*.ts")):
        place = substituted(path.relative_to(root).as_posix(), names)
        yield place, rendered(path.read_text("utf-8"), names)


def rendered(text: str, names: Mapping[str, str]) -> bytes:
    """A snippet with its names, formatted."""
    source = expanded(joined(substituted(text, names))).encode()
    edits = [
        Edit(start=one.node.start_byte, end=one.node.end_byte, text=imports.statement(one, one.names))
        for one in imports.imports(parse(source))
    ]
    return applied(source, edits)


def substituted(text: str, names: Mapping[str, str]) -> str:
    """Every `$name` replaced; a value of several lines takes the indentation of its place."""
    known = "|".join(sorted(names, key=len, reverse=True))

    def value(match: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        indent = line[: len(line) - len(line.lstrip())]
        return names[match[1]].replace("\n", f"\n{indent}")

    return re.sub(rf"\$({known})", value, text)


def joined(text: str) -> str:
    """The text with each broken list on one line where the line holds it."""
    lines = text.split("\n")
    number = len(lines) - 1
    while number >= 0:
        joined = _one_line(lines, number)
        if joined is not None:
            count, line = joined
            lines[number : number + count] = [line]
            number = min(number + 1, len(lines) - 1)  # what surrounds it may fit now
        number -= 1
    return "\n".join(lines)


def expanded(text: str) -> str:
    """The text with each object that makes its line too long on lines of its own."""
    return "\n".join(_expanded(line) if len(line) > WIDTH else line for line in text.split("\n"))


def _expanded(line: str) -> str:
    match = re.fullmatch(r"( *)(.*\{) ([^{}]*) (\}\);)", line)
    if match is None:
        return line
    indent, head, inside, tail = match.groups()
    return "\n".join([indent + head, *(f"{indent}  {item}," for item in inside.split(", ")), indent + tail])


def _one_line(lines: list[str], number: int) -> tuple[int, str] | None:
    """The construct that starts on this line in one line, and how many it took; None if it must not be."""
    head = lines[number]
    depth = len(head) - len(head.lstrip())
    if head.endswith("=>"):
        return _arrow(lines, number, depth)
    if not head.endswith(("(", "[")):
        return None
    items: list[str] = []
    for line in lines[number + 1 :]:
        indent = len(line) - len(line.lstrip())
        if indent == depth and line.lstrip().startswith(_CLOSING):
            whole = head + " ".join(items).removesuffix(",") + line.lstrip()
            return (len(items) + 2, whole) if len(whole) <= WIDTH else None
        if indent != depth + 2 or not line.endswith(","):
            return None
        items.append(line.lstrip())
    return None


def _arrow(lines: list[str], number: int, depth: int) -> tuple[int, str] | None:
    head, body, *rest = lines[number:]
    whole = f"{head} {body.lstrip()}"
    count = 2
    if rest and rest[0].startswith(" " * depth + ")"):
        whole = whole.removesuffix(",") + rest[0].lstrip()
        count = 3
    return (count, whole) if len(whole) <= WIDTH else None
