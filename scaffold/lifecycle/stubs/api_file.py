"""The file `api.py` around its declarations: header, imports, blank lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs.python_text import INDENT

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

PATH = "tests/python/api.py"
DEFAULT_WIDTH = 88  # columns, as ruff and Black have it
IMPORTED = {
    "typing": ("Any", "Literal", "Never", "NewType", "NotRequired", "TypedDict"),
    "scaffold.testing": (
        "Action",
        "ConvexInt64",
        "Mutation",
        "PaginationOptions",
        "PaginationResult",
        "Query",
    ),
}

_TITLE = "The public functions of this project, with the types of what they take and give."
_TOLD = (
    "Written by `convex-scaffold stubs` from the validators in {folder}; do not edit it, but run that again. "
    "A function is called with a client, and with its arguments in one dictionary:"
)


def is_ours(text: str) -> bool:
    """Whether a file is one that this writes."""
    return text.startswith(f'"""{_TITLE}\n')


def header(folder: str, example: str, width: int) -> list[str]:
    """What the module is, with a call of one of its functions."""
    told = textwrap.wrap(_TOLD.format(folder=f"{folder or '.'}/"), min(width, DEFAULT_WIDTH))
    return [f'"""{_TITLE}', "", *told, "", *called(example), '"""']


def called(path: str) -> list[str]:
    """The call in the header."""
    return [f"{INDENT}{path}(alice, {{...}})"]


def imports(used: Container[str], width: int) -> Iterator[list[str]]:
    """The import statements for these names."""
    for module, known in IMPORTED.items():
        yield _import(module, [name for name in known if name in used], width)


def _import(module: str, names: list[str], width: int) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= width:
        return [line] if names else []
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]


def joined(blocks: list[list[str]]) -> str:
    """One blank line between blocks, two around classes."""
    lines: list[str] = []
    after_class = False
    for block in filter(None, blocks):
        is_class = any(line.startswith("class ") for line in block)
        blank = 0 if not lines else 2 if is_class or after_class else 1
        lines += [""] * blank + block
        after_class = is_class
    return "".join(f"{line}\n" for line in lines)
