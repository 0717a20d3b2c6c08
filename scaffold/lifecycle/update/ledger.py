"""The list, in the project, of the codemods that have been run on it and of what they left to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.lifecycle.update.migrate import Ran

FILE = ".scaffold-ledger.toml"

HEAD = """\
# What `convex-scaffold update` changed in this project's own code, and what it left to do.
# Written by it; delete an entry once you have no use for it.
"""


def entry(ran: Ran) -> str:
    """The text to append for one migration."""
    values = {
        "version": ran.migration.version,
        "name": ran.migration.name,
        "outcome": ran.outcome,
        "files": list(ran.files),
        "unresolved": [str(place) for place in ran.unresolved],
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items() if value]
    return f"\n[[migration]]\n{''.join(lines)}"


def names(text: str) -> set[str]:
    """The migrations that a ledger knows."""
    return {str(entry.get("name")) for entry in _entries(text)}


def open_places(text: str) -> list[str]:
    """What a ledger says is still to do."""
    found = [entry.get("unresolved", []) for entry in _entries(text)]
    return [str(place) for places in found if isinstance(places, list) for place in places]


def _entries(text: str) -> list[dict[str, Any]]:
    """The entries of a ledger; none where it cannot be read, since it is a list for people."""
    import tomllib  # noqa: PLC0415 - most projects have no ledger

    try:
        entries = tomllib.loads(text).get("migration", [])
    except tomllib.TOMLDecodeError:
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
