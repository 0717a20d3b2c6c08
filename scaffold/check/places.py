"""Where a run starts, for the paths that were asked for, and where that lies in its repository."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.check import config
from scaffold.core.errors import PathsApartError


def start_of(paths: tuple[Path, ...], here: Path) -> Path:
    """The deepest folder that holds all of the paths, which are resolved; `here` if there are none.

    Raises:
        PathsApartError: they belong to different projects, so that there is no one configuration or root.
    """
    if not paths:
        return here
    homes: dict[Path, Path] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        homes.setdefault(config.find(folder) or config.root_of(folder), path)
    if len(homes) > 1:
        first, second, *_ = homes.items()
        raise PathsApartError(first, second)
    common = Path(os.path.commonpath(paths))
    return common if common.is_dir() else common.parent


def above(root: Path) -> str:
    """The way from the top of the repository to a folder in it, with a slash at its end; "" at the top."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if top == root else f"{root.relative_to(top).as_posix()}/"
