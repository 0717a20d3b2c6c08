"""What adding a piece does to a project: whole files, worked out before any of them is written."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import MissingPieceError, NameTakenError
from scaffold.lifecycle import changes, codegen
from scaffold.lifecycle.adding import snippets
from scaffold.lifecycle.adding.contents import BY_HAND, contents
from scaffold.model import domains
from scaffold.source.imports import imports
from scaffold.source.merging import merged
from scaffold.source.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.lifecycle.adding.pieces import Piece
    from scaffold.lifecycle.changes import Change
    from scaffold.model.layout import Layout

_MODULES = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs")


@dataclass(frozen=True, kw_only=True)
class AddPlan:
    """The changes that add a piece, generated code included, and the file to open first."""

    piece: Piece
    changes: tuple[Change, ...]
    entry: str


def plan(layout: Layout, piece: Piece) -> AddPlan:
    """Work out what to write; nothing is written.

    Raises:
        ScaffoldError: something stands in the way: a name, a missing domain, a file of another shape.
    """
    _check_project(layout)
    _check_domain(layout, piece)
    parts = contents(layout, piece)
    fragments = [part for folder in parts.folders for part in snippets.fragments(folder, parts.names)]
    fragments.sort(key=lambda part: part[0].endswith(".cases.ts"))  # a taken name shows best where it is
    files: dict[str, bytes] = {}
    for path, fragment in fragments:
        files[path] = _merged(layout, piece, path, files.get(path), fragment)
    for path, fragment in fragments:
        _check_imports(layout, files, path, fragment)
    prefix = layout.show(layout.functions)
    whole = {f"{prefix}/{path}": content for path, content in files.items()}
    whole |= _generated(layout, whole)
    if piece.kind == "action":
        whole |= _env_example(layout, parts.names)
    return AddPlan(
        piece=piece,
        changes=changes.changes(layout.root, whole),
        entry=f"{prefix}/{piece.domain}/{piece.entry}",
    )


def _check_project(layout: Layout) -> None:
    builders = layout.functions / "lib" / "functions.ts"
    if not builders.is_file():
        raise MissingPieceError(
            f"{layout.show(builders)} is not there: add writes functions with the builders of projects "
            "made by convex-scaffold",
            "convex-scaffold adopt --only backend --only tests",
        )


def _check_domain(layout: Layout, piece: Piece) -> None:
    folder = layout.functions / piece.domain
    is_there = folder.is_dir() and any(folder.iterdir())
    if piece.kind != "domain":
        if not is_there:
            known = ", ".join(domains.domain_names(layout.functions)) or "none"
            raise MissingPieceError(
                f"there is no domain {piece.domain!r} (there are: {known})",
                f"convex-scaffold add domain {piece.domain}",
            )
        return
    modules = (folder.with_suffix(suffix) for suffix in _MODULES)
    taken = folder if is_there else next((module for module in modules if module.exists()), None)
    if taken is not None:
        raise NameTakenError(piece.domain, layout.show(taken))


def _merged(layout: Layout, piece: Piece, path: str, before: bytes | None, fragment: bytes) -> bytes:
    """A file with a fragment in it, on top of what earlier fragments brought."""
    target = layout.functions / path
    if before is None and target.is_file():
        if path.endswith(".test.ts"):
            raise NameTakenError(piece.name, layout.show(target))
        before = target.read_bytes()
    if before is None:
        return fragment
    return merged(before, fragment, path=layout.show(target))


def _check_imports(layout: Layout, files: Mapping[str, bytes], path: str, fragment: bytes) -> None:
    """What the new code imports must be there, in the project or in what is added."""
    for one in imports(parse(fragment)):
        if one.module.startswith(".") and "_generated" not in one.module:
            module = posixpath.normpath(posixpath.join(posixpath.dirname(path), one.module))
            _check_exports(layout, files, f"{module}.ts", one.exported)


def _check_exports(layout: Layout, files: Mapping[str, bytes], module: str, wanted: tuple[str, ...]) -> None:
    target = layout.functions / module
    content = files.get(module) or (target.read_bytes() if target.is_file() else None)
    if content is None:
        raise MissingPieceError(f"{layout.show(target)} is not there, and the new code needs it", BY_HAND)
    text = content.decode("utf-8", "replace")
    for name in wanted:
        if not re.search(rf"\b{re.escape(name)}\b", text):
            raise MissingPieceError(
                f"{layout.show(target)} has no {name!r}, and the new code needs it", BY_HAND
            )


def _generated(layout: Layout, files: Mapping[str, bytes]) -> dict[str, bytes]:
    todo = codegen.plan(layout, overlay={layout.root / path: content for path, content in files.items()})
    folder = layout.show(todo.folder)
    return {f"{folder}/{name}": todo.files[name].encode() for name in todo.changed}


def _env_example(layout: Layout, names: Mapping[str, str]) -> dict[str, bytes]:
    """The line for a new variable, where the project keeps a list of them."""
    path = layout.root / ".env.example"
    variable = names["ENV"].encode()
    before = path.read_bytes() if path.is_file() else variable
    if variable in before:
        return {}
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    lines = [
        b"",
        b"# Optional. Base URL of the service behind %s. Without it, what asks the service fails."
        % names["domain"].encode(),
        b"# %s=https://service.example.com/v1" % variable,
        b"",
    ]
    return {".env.example": before.rstrip() + newline + newline.join(lines)}
