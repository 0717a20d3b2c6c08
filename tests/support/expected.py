"""Whole outputs that stand in files; `UPDATE_EXPECTED=1 pytest …` writes them anew, to be reviewed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path, actual: str) -> None:
    """Compare with the file, byte by byte."""
    if os.environ.get("UPDATE_EXPECTED"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual.encode())
    assert actual.encode() == path.read_bytes()
