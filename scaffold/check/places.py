"""Where a run starts, for the paths that were asked for."""

from __future__ import annotations

import os
from pathlib import Path


def start_of(paths: tuple[Path, ...], here: Path) -> Path:
    """The deepest folder that holds all of the paths; `here` if there are none."""
    if not paths:
        return here
    common = Path(os.path.commonpath(paths))
    return common if common.is_dir() else common.parent
