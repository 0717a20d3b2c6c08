"""A module of the template got another path: whatever of the project imports it follows."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from scaffold.migrations.migration import Migration, Result, Unresolved
from scaffold.source.edits import Edit, applied
from scaffold.source.syntax import line_of, parse, string_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.source.syntax import Node

_EXTENSION = re.compile(r"\.(?:[cm]?[jt]sx?)$")

# What takes the path of a module: `import("…")`, `require("…")`, `vi.mock("…")`, `vi.importActual("…")`.
_TAKES_A_MODULE = re.compile(r"(?:^import|^require|\.(?:un|do|doUn)?[mM]ock|\.importActual|\.importMock)$")


def moved(version: str, name: str, *, old: str, new: str) -> Migration:
    """The migration for a module that moved; both paths are from the project's root, without `.ts`."""

    def run(files: Mapping[str, str]) -> Result:
        if f"{new}.ts" not in files or f"{old}.ts" in files:
            return Result()  # the project has it elsewhere, or still where it was
        edits, unresolved = {}, list[Unresolved]()
        for path, text in files.items():
            if posixpath.basename(old) in text:
                after, places = _follow(path, text.encode(), old, new)
                unresolved += places
                if after != text.encode():
                    edits[path] = after.decode()
        return Result(edits=edits, unresolved=tuple(unresolved))

    return Migration(
        version=version,
        name=name,
        summary=f"imports {new} instead of {old}, which has moved",
        run=run,
        moves={f"{old}.ts": f"{new}.ts"},
    )


def _follow(path: str, source: bytes, old: str, new: str) -> tuple[bytes, list[Unresolved]]:
    edits, unresolved = [], []
    for node in _strings(parse(source, jsx=path.endswith(("x", ".js")))):
        specifier = string_value(node)
        if specifier is None:
            continue
        is_import = _names_a_module(node)
        if _target(path, specifier) == old and is_import:
            inside = (node.start_byte + 1, node.end_byte - 1)
            edits.append(Edit(start=inside[0], end=inside[1], text=_specifier(path, specifier, new)))
        elif _target(path, specifier) == old or (is_import and _may_mean(specifier, old)):
            reason = f"{specifier!r} may name {old}, which is now {new}"
            unresolved.append(Unresolved(path=path, line=line_of(node), reason=reason))
    return applied(source, edits), unresolved


def _strings(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type == "string":
            yield current
        pending.extend(reversed(current.children))


def _names_a_module(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in {"import_statement", "export_statement"}:
        return True
    call = parent.parent if parent.type == "arguments" else None
    function = call.child_by_field_name("function") if call else None
    return function is not None and bool(
        _TAKES_A_MODULE.search((function.text or b"").decode("utf-8", "replace"))
    )


def _target(path: str, specifier: str) -> str | None:
    """The module that a relative specifier names, from the project's root; None for others."""
    if not specifier.startswith(("./", "../")):
        return None
    return _EXTENSION.sub("", posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier)))


def _specifier(path: str, before: str, new: str) -> str:
    """How a file names the module's new place; an extension stays."""
    extension = _EXTENSION.search(before)
    relative = posixpath.relpath(new, posixpath.dirname(path) or ".")
    relative = relative if relative.startswith("../") else f"./{relative}"
    return relative + (extension[0] if extension else "")


def _may_mean(specifier: str, old: str) -> bool:
    """Whether an alias could stand before the end of the old path, as in `@/lib/name`."""
    if specifier.startswith("."):
        return False
    tail = "/".join(old.split("/")[-2:])
    return f"/{_EXTENSION.sub('', specifier)}".endswith(f"/{tail}")
