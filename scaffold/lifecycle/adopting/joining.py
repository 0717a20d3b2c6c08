"""Files that both sides have and that can be joined without a conflict: what is there is not replaced."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.source.merging import merged

if TYPE_CHECKING:
    from collections.abc import Callable

_LISTS = frozenset({".gitignore", ".prettierignore"})
_COMPOSITION = re.compile(r"convex/(schema|http|crons|convex\.config)\.ts")
_TABLES = ("scripts", "dependencies", "devDependencies")


def joiner(path: str) -> Callable[[bytes, bytes], bytes | None] | None:
    """How a file is joined: a function of the project's content and the template's; None where there is none.

    The function returns None where the two do not fit together after all.
    """
    if path == "package.json":
        return _manifests
    if path in _LISTS:
        return _lines
    if _COMPOSITION.fullmatch(path):
        return lambda ours, theirs: _modules(ours, theirs, path)
    return None


def _manifests(ours: bytes, theirs: bytes) -> bytes | None:
    """The project's package.json with the scripts and packages that it lacks; its own stay as they are."""
    try:
        text = ours.decode("utf-8")
        manifest, template = json.loads(text), json.loads(theirs)
    except ValueError:
        return None
    if not isinstance(manifest, dict):
        return None
    indent = re.search(r"\n([ \t]+)\"", text)
    newline = "\r\n" if "\r\n" in text else "\n"

    def written(value: Any) -> str:
        body = json.dumps(value, indent=indent[1] if indent else 2, ensure_ascii=False)
        return body.replace("\n", newline) + text[len(text.rstrip()) :]

    if written(manifest) != text:
        return None  # formatted by hand: it would be rewritten
    present = {name for table in _TABLES for name in manifest.get(table, {}) if table != "scripts"}
    for table in _TABLES:
        known = manifest.get(table, {})
        missing = {
            name: value
            for name, value in template.get(table, {}).items()
            if name not in known and (table == "scripts" or name not in present)
        }
        if missing:
            joined = {**known, **missing}
            manifest[table] = joined if table == "scripts" else dict(sorted(joined.items()))
    return written(manifest).encode()


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
