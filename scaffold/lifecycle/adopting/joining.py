"""Files that both sides have and that can be joined without a conflict: what is there is not replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.lifecycle import package_json
from scaffold.source.merging import merged

if TYPE_CHECKING:
    from collections.abc import Callable

_LISTS = frozenset({".gitignore", ".prettierignore"})
_COMPOSITION = re.compile(r"convex/(schema|http|crons|convex\.config)\.ts")


def joiner(path: str) -> Callable[[bytes, bytes], bytes | None] | None:
    """How a file is joined: a function of the project's content and the template's; None where there is none.

    The function returns None where the two do not fit together after all.
    """
    if path == "package.json":
        return package_json.join
    if path in _LISTS:
        return _lines
    if _COMPOSITION.fullmatch(path):
        return lambda ours, theirs: _modules(ours, theirs, path)
    return None


def _lines(ours: bytes, theirs: bytes) -> bytes | None:
    """The project's list with the entries that it lacks at its end."""
    newline = b"\r\n" if b"\r\n" in ours else b"\n"
    known = {line.strip().strip(b"/") for line in ours.splitlines()}
    missing = [
        line.strip()
        for line in theirs.splitlines()
        if line.strip() and not line.startswith(b"#") and line.strip().strip(b"/") not in known
    ]
    if not missing:
        return ours
    return newline.join([ours.rstrip(), b"", *missing, b""])


def _modules(ours: bytes, theirs: bytes, path: str) -> bytes | None:
    if path.endswith("schema.ts") and re.search(rb"""(?m)^\s*["']?users["']?\s*:""", ours):
        return None  # the template's table of that name would replace the project's, in silence
    try:
        return merged(ours, theirs, path=path)
    except ScaffoldError:
        return None
