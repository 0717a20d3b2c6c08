"""The functions folders below a root, found by evidence and not by their name."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.model.files import SOURCES, is_generated, is_test

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from scaffold.model.files import Entry

_GENERATED = {"server.js", "server.ts", "server.d.ts", "api.js", "api.ts", "api.d.ts", "component.ts"}
_SERVER = regex(rb"""["'](?:\./|(?:\.\./)+)_generated/(?:server|api)(?:\.js|\.ts)?["']""")
_SCHEMA = regex(rb"""defineSchema|defineEntSchema""")
_DEFAULT = regex(rb"""export\s+default|as\s+default|module\.exports|exports\.default""")
_COMPONENT = regex(rb"""defineComponent""")
_COMMENTS = (b"//", b"*", b"/*")
_IMPORTING = (b"from", b"import", b"require")
_DEFINITIONS = ("convex.config.ts", "convex.config.js")
_NEAR = 40  # bytes before a specifier, in which `from` stands


class Found(msgspec.Struct, frozen=True, gc=False):
    """A functions folder, relative to the root of the run ("" is the root itself)."""

    folder: str
    component: bool = False


def find(root: Path, files: Iterable[Entry], read: Callable[[str], bytes]) -> tuple[Found, ...]:
    """The functions folders: named by convex.json, beside generated code, or full of Convex's own files.

    `read` gives the bytes of a file by its path, or raises OSError.
    """
    paths = {entry.path for entry in files}
    named = set(_by_config(root, paths))
    told = {
        each for each in _by_content(paths, read) if not any(_is_within(folder, each) for folder in named)
    }
    folders = set(_by_generated(paths)) | named | told
    if len(folders) > 1:  # a client may hold a copy of what was generated beside the functions
        folders = folders & {owner(path, folders) for path in paths if _is_written(path)} or folders
    return tuple(Found(folder, _is_component(folder, read)) for folder in sorted(folders))


def _is_within(path: str, folder: str) -> bool:
    """Whether something lies in a folder, however deep."""
    return path.startswith(f"{folder}/") if folder else bool(path)


def owner(path: str, folders: AbstractSet[str]) -> str | None:
    """The innermost functions folder that a path lies in."""
    folder = path
    while folder:
        folder = _parent(folder)
        if folder in folders:
            return folder
    return None


def _is_written(path: str) -> bool:
    """Whether somebody wrote a file of code, other than Convex."""
    return path.endswith(SOURCES) and not is_generated(path)


def _by_generated(paths: set[str]) -> Iterator[str]:
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name in _GENERATED and PurePosixPath(folder).name == "_generated" and not is_test(path):
            yield _parent(folder)


def _by_config(root: Path, paths: set[str]) -> Iterator[str]:
    """`functions` of each convex.json, when there is code in the folder it names."""
    for path in paths:
        if path.rpartition("/")[2] != "convex.json":
            continue
        try:
            value = json.loads((root / path).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        named = value.get("functions", "convex") if isinstance(value, dict) else "convex"
        if not isinstance(named, str):
            continue
        folder = _joined(_parent(path), named)
        if folder is not None and any(
            other.endswith(SOURCES) and _is_within(other, folder) for other in paths
        ):
            yield folder


def _by_content(paths: set[str], read: Callable[[str], bytes]) -> Iterator[str]:
    """Folders with a schema, an app definition, or code that imports `./_generated/server`."""
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        is_schema = name in {"schema.ts", "schema.js"} and _holds(path, read, _SCHEMA, _DEFAULT)
        if is_schema or (name in _DEFINITIONS and not _is_stray(path, paths, read)):
            yield folder
        elif "convex" in folder.split("/") and _is_code(name) and not is_test(path):
            found = _imported_root(path, read)
            if found is not None:
                yield found


def _is_code(name: str) -> bool:
    """Whether a file holds code; one with nothing but types may speak of places that are not there."""
    return name.endswith(SOURCES) and not name.endswith(".d.ts")


def _is_stray(path: str, paths: set[str], read: Callable[[str], bytes]) -> bool:
    """Whether a definition of an app lies beside a `package.json`, where Convex never looks for it."""
    folder = _parent(path)
    manifest = f"{folder}/package.json" if folder else "package.json"
    return manifest in paths and not _holds(path, read, _COMPONENT)


def _imported_root(path: str, read: Callable[[str], bytes]) -> str | None:
    """Where `_generated` lies by what a file imports; only folders called convex are asked."""
    try:
        text = read(path)
    except OSError:
        return None
    for match in _SERVER.finditer(text, 0, 20_000):
        if _is_imported(text, match.start()):
            specifier = match[0].decode().strip("\"'")
            return _joined(_parent(path), specifier.partition("_generated")[0])
    return None


def _is_imported(text: bytes, position: int) -> bool:
    """Whether an import names what stands there.

    Not a comment, as in files that were moved, and whose imports still lead elsewhere; and no other text, as
    in the settings of a test runner.
    """
    line = text[text.rfind(b"\n", 0, position) + 1 : position]
    before = text[max(position - _NEAR, 0) : position].rstrip(b"( \t\r\n")
    return before.endswith(_IMPORTING) and not line.lstrip().startswith(_COMMENTS)


def _is_component(folder: str, read: Callable[[str], bytes]) -> bool:
    base = f"{folder}/" if folder else ""
    return any(_holds(base + name, read, _COMPONENT) for name in _DEFINITIONS)


def _holds(path: str, read: Callable[[str], bytes], *patterns: re.Pattern[bytes]) -> bool:
    try:
        text = read(path)
        return all(pattern.search(text) is not None for pattern in patterns)
    except OSError:
        return False


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(folder: str, relative: str) -> str | None:
    """`folder/relative` without dots; None if it leads out of the root."""
    parts: list[str] = [part for part in folder.split("/") if part]
    for part in relative.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
