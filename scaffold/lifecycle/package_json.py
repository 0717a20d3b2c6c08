"""package.json as data: joined and merged by its keys, where lines that stand side by side would clash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_TABLES = ("scripts", "dependencies", "devDependencies")
_ABSENT = object()


@dataclass(frozen=True)
class _Layout:
    """How a file is written: its indent, its line ends and what stands after the last brace."""

    indent: str
    newline: str
    end: str

    @classmethod
    def of(cls, text: str) -> _Layout:
        indent = re.search(r"\n([ \t]+)\"", text)
        return cls(
            indent=indent[1] if indent else "  ",
            newline="\r\n" if "\r\n" in text else "\n",
            end=text[len(text.rstrip()) :],
        )

    def write(self, value: dict[str, Any]) -> str:
        body = json.dumps(value, indent=self.indent, ensure_ascii=False)
        return body.replace("\n", self.newline) + self.end


def join(ours: bytes, theirs: bytes) -> bytes | None:
    """Ours with the scripts and packages that it lacks; what is there stays as it is.

    None where ours is formatted by hand, since it would be rewritten, or where either is no JSON object.
    """
    read, template = _read(ours), _table(theirs)
    if read is None or template is None:
        return None
    manifest, layout = read
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
    return layout.write(manifest).encode()


def merge(old: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Ours with what theirs changed since the old one, key by key.

    None where both changed the same key, where ours is formatted by hand, or where one is no JSON object.
    """
    read, base, template = _read(ours), _table(old), _table(theirs)
    if read is None or base is None or template is None:
        return None
    manifest, layout = read
    try:
        return layout.write(_merged(base, manifest, template)).encode()
    except _BothChangedError:
        return None


class _BothChangedError(Exception):
    pass


def _merged(old: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        values = [table.get(key, _ABSENT) for table in (old, ours, theirs)]
        value = _one(*values)
        if value is not _ABSENT:
            result[key] = value
    return dict(sorted(result.items())) if list(ours) == sorted(ours) else result


def _one(old: Any, ours: Any, theirs: Any) -> Any:
    if theirs in (ours, old):
        return ours
    if ours == old:
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merged(old if isinstance(old, dict) else {}, ours, theirs)
    raise _BothChangedError


def _read(text: bytes) -> tuple[dict[str, Any], _Layout] | None:
    """The object and its layout, if writing it would give the same text."""
    manifest = _table(text)
    if manifest is None:
        return None
    before = text.decode("utf-8")
    layout = _Layout.of(before)
    return (manifest, layout) if layout.write(manifest) == before else None


def _table(text: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text.decode("utf-8"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
