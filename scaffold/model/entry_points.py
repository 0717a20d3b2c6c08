"""Which files of the functions folder Convex deploys as modules.

The rules are those of the convex package (1.48, `bundler/index.ts`): what it lists is what the generated
`api` knows.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from scaffold.core.errors import UnreadableConfigError
from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_EXTENSIONS = (".js", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".jsx")
_COMPONENT = "convex.config.ts"

# A TypeScript file without either is no module. JavaScript's `\s` knows the byte order mark.
_MODULE_LINE = regex(r"^[\s\ufeff]{0,100}(import|export)", re.MULTILINE)


def entry_points(functions: Path, overlay: Mapping[Path, bytes] | None = None) -> tuple[str, ...]:
    """The modules of a functions folder, as paths from it with forward slashes, in Convex's order.

    `overlay` holds files that are about to be written, by absolute path.

    Raises:
        UnreadableConfigError: a file lies in `_deps/`, which Convex keeps for itself.
    """
    added = {
        path.relative_to(functions).as_posix(): text
        for path, text in (overlay or {}).items()
        if functions in path.parents
    }
    paths = {*_walk(functions, ""), *added}
    for path in sorted(paths):
        if path.startswith("_deps/"):
            hint = f"move {path} to another folder"
            raise UnreadableConfigError(
                str(functions / path), "Convex keeps the folder _deps for itself", hint
            )
    modules = (
        path for path in paths if _is_entry_point(path) and _is_module(functions, path, added.get(path))
    )
    return tuple(sorted(modules, key=code_units))


def code_units(text: str) -> bytes:
    """A sort key: JavaScript's order of strings, by UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def _walk(functions: Path, prefix: str) -> Iterator[str]:
    """Every regular file; links are not followed, components below the root are theirs alone."""
    with os.scandir(functions / prefix if prefix else functions) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not (functions / path / _COMPONENT).exists():
                    yield from _walk(functions, f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path


def _is_entry_point(path: str) -> bool:
    name = path.rpartition("/")[2]
    return (
        path.endswith(_EXTENSIONS)
        and not path.startswith("_generated/")
        and not name.startswith((".", "#"))
        and name not in {"schema.ts", "schema.js"}
        and name.count(".") == 1
        and " " not in path
    )


def _is_module(functions: Path, path: str, content: bytes | None) -> bool:
    if not path.endswith((".ts", ".tsx")):
        return True
    content = content if content is not None else (functions / path).read_bytes()
    text = content.decode("utf-8", "replace")
    return _MODULE_LINE.search(text) is not None
