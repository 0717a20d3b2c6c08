"""What the project's settings of ruff say of its Python."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from scaffold.lifecycle.stubs.api_file import DEFAULT_WIDTH

if TYPE_CHECKING:
    from pathlib import Path

_FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")  # the first one counts


def width(root: Path) -> int:
    """How long a line may be in `tests/python`; ruff's default where nothing that can be read says so."""
    for folder in (root / "tests" / "python", root / "tests", root):
        for name in _FILES:
            settings = _settings(folder / name)
            if settings is not None:
                length = settings.get("line-length")
                return length if isinstance(length, int) else DEFAULT_WIDTH
    return DEFAULT_WIDTH


def _settings(path: Path) -> dict[str, Any] | None:
    """The settings of ruff in a file; None where it has none."""
    try:
        found: Any = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    for name in ("tool", "ruff") if path.name == "pyproject.toml" else ():
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None
