"""The files below a folder that can be code of a project: found once, without following links."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SOURCES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
JSX = (".tsx", ".jsx", ".js")  # where elements of JSX may stand
EMBEDDED = (".vue", ".svelte", ".astro")
PAGES = (".html", ".htm", ".mdx")  # scripts may stand in them, of which few are about Convex
FOREIGN = (".py", ".rs", ".swift", ".kt", ".dart", ".go")
SKIPPED = {
    "node_modules",
    "bower_components",
    "dist",
    "build",
    "out",
    "coverage",
    "vendor",
    "target",
    "__pycache__",
    "site-packages",
}
_TESTS = {"test", "tests", "e2e"}
TOO_LARGE = 5_000_000


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A file: its path from the root with forward slashes, its size in bytes."""

    path: str
    size: int


def walk(root: Path, closed: Callable[[str, str], object] | None = None) -> Iterator[Entry]:
    """The regular files below `root`, folder by folder, sorted; hidden and built folders are left out.

    A folder that cannot be read is passed over; `closed` is told its path, and why.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder if folder else root) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if closed is not None:
                closed(folder.rstrip("/"), error.strerror or "it cannot be read")
            continue
        folders = []
        for entry in found:
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not entry.name.startswith("."):
                    folders.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                size = _size(entry)
                if size is not None:
                    yield Entry(path, size)
        pending.extend(reversed(folders))


def content(path: Path) -> bytes:
    """The bytes of a file; none if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_test(path: str) -> bool:
    """Whether a file is a test, by its name or its folder."""
    name = path.rpartition("/")[2]
    parts = path.split("/")[:-1]
    dotted = name.split(".")[1:-1]
    return bool({"test", "spec", "tests"} & set(dotted)) or bool(
        {"__tests__", "__mocks__", "__fixtures__"} & set(parts)
    )


def is_in_tests(path: str) -> bool:
    """Whether a file, outside of functions folders, lies in a folder of tests."""
    return not _TESTS.isdisjoint(path.split("/")[:-1])


def is_declaration(path: str) -> bool:
    """Whether a file holds types alone."""
    return path.endswith((".d.ts", ".d.mts", ".d.cts"))


def is_generated(path: str) -> bool:
    """Whether Convex wrote a file."""
    return "/_generated/" in f"/{path}"


def _size(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return None
