"""Which files of a template are of no use without which others."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from scaffold.source.imports import imports
from scaffold.source.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.source.imports import Import

Files = Mapping[str, tuple[bytes | None, bytes]]
"""The project's and the template's content of each file; None where the project has no such file."""

_MANIFEST = "package.json"
_REFERENCE = re.compile(rb"\b(?:api|internal)\.(\w+)\.(\w+)")
_NAMED = re.compile(rb'(?:"\./|\bnode )([\w./-]+)')  # by a configuration file of the root, or a script
_LISTING = re.compile(r"convex/\w+(\.config)?\.ts")


def closure(files: Files, start: Iterable[str]) -> dict[str, str]:
    """What `start` needs that is not among it, and what that needs in turn: each with what needs it."""
    found: dict[str, str] = {}
    known = set(start)
    todo = sorted(known)
    while todo:
        path = todo.pop()
        for other in _needs(files, path):
            if other not in known:
                found[other] = path
                known.add(other)
                todo.append(other)
    return found


def _needs(files: Files, path: str) -> Iterator[str]:
    """The files that one is of no use without, where the project has not the like.

    What it imports, calls by reference or has declared elsewhere; package.json for packages that the project
    lacks; and for what it defines the file that lists the like.
    """
    ours, theirs = files[path]
    if ours == theirs:
        return
    if _MANIFEST in files and _packages(path, theirs) - _installed(files[_MANIFEST][0]):
        yield _MANIFEST
    named = (match[1].decode() for match in _NAMED.finditer(theirs)) if "/" not in path else ()
    for module in (*_imported(path, theirs), *_through_generated(path, theirs), *named):
        if module in files and files[module][0] is None:
            yield module
    for name, (_, listing) in files.items():
        if _LISTING.fullmatch(name) and path in {
            *_imported(name, listing),
            *_through_generated(name, listing),
        }:
            yield name


def _through_generated(path: str, content: bytes) -> list[str]:
    """The modules that a file knows through generated code: functions it refers to, its variables' names."""
    if not path.endswith(".ts"):
        return []
    found = [f"convex/{one[1].decode()}/{one[2].decode()}.ts" for one in _REFERENCE.finditer(content)]
    reads_env = any("env" in one.exported and "_generated" in one.module for one in imports_of(path, content))
    return [*found, "convex/convex.config.ts"] if reads_env else found


def _packages(path: str, content: bytes) -> set[str]:
    """The packages that a file imports."""
    modules = (one.module for one in imports_of(path, content) if not one.module.startswith("."))
    return {"/".join(module.split("/")[: 2 if module.startswith("@") else 1]) for module in modules}


def _installed(manifest: bytes | None) -> set[str]:
    try:
        tables = json.loads(manifest or b"{}")
        return {name for key in ("dependencies", "devDependencies") for name in tables.get(key, {})}
    except (ValueError, AttributeError, TypeError):
        return set()


def imports_of(path: str, content: bytes) -> list[Import]:
    """The imports of a module; of other files none."""
    return imports(parse(content)) if path.endswith((".ts", ".mts", ".mjs")) else []


def _imported(path: str, content: bytes) -> list[str]:
    """The modules of the project that a file imports."""
    modules = (one.module for one in imports_of(path, content) if one.module.startswith("."))
    places = (posixpath.normpath(posixpath.join(posixpath.dirname(path), module)) for module in modules)
    return [f"{re.sub(r'[.][jt]s$', '', place)}.ts" for place in places]
