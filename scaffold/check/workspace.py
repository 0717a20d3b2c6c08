"""Reads the workspace of a run, with what its configuration knows of builders and access checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check import config
from scaffold.check.extends import Cache
from scaffold.core import files
from scaffold.model import load
from scaffold.model.builders import BASES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.check.config import CheckConfig
    from scaffold.model.project import Workspace


def read(
    root: Path,
    settings: CheckConfig,
    cache: Path | None = None,
    contents: Mapping[str, bytes] | None = None,
) -> Workspace:
    """All projects below `root`; `cache` is the folder for facts that were read before.

    `root` is not that of the settings when the files of another commit are read, in a folder of the moment.
    `contents` stand in for those of files on disk.
    """
    name = "" if root == settings.root else f"{settings.root.resolve()} before"
    return load.load(root, hints=hints(settings), cache=cache, cache_name=name, contents=contents)


def configured(root: Path) -> Workspace:
    """All projects below `root`, with the configuration that counts there, and the user's caches.

    Raises:
        ConfigurationError: the configuration is wrong.
    """
    cache = files.cache_folder()
    return read(root, config.load(root, Cache(folder=cache)), cache / "facts")


def whole(start: Path) -> Workspace:
    """All projects of the repository around `start`, so that whoever calls them is in view too.

    Raises:
        ConfigurationError: the configuration is wrong.
    """
    cache = files.cache_folder()
    settings = config.load(start, Cache(folder=cache))
    return read(settings.root, settings, cache / "facts")


def hints(settings: CheckConfig) -> load.Hints:
    """What the configuration explains, as the model takes it."""
    checking = [builder.name for builder in settings.builders if builder.access_check]
    return load.Hints(
        builders={builder.name: BASES[builder.based_on] for builder in settings.builders},
        access_checks=(*settings.access_checks, *checking),
        instrumented=[builder.name for builder in settings.builders if builder.instrumented],
    )
