"""Whether Convex code lies where a run was asked to look."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.check.config import package_of
from scaffold.check.survey import modules
from scaffold.core.errors import NotAProjectError, NothingToCheckError
from scaffold.core.globs import matches
from scaffold.model import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scaffold.check.config import CheckConfig
    from scaffold.core.findings import Blind
    from scaffold.model.project import Workspace


def demand_project(workspace: Workspace, start: Path) -> None:
    """Make sure that there is something to work on.

    Raises:
        NotAProjectError: no functions folder was found; it says which folders could not be looked into.
    """
    if not workspace.projects:
        passed = [(workspace.root / each.place.path, each.reason) for each in workspace.blind]
        passed += [*_links(start), *_closed(workspace.root)]
        raise NotAProjectError(start, "no folder with Convex functions was found", passed)


def around(workspace: Workspace, start: Path) -> Workspace:
    """The same with the projects in a folder; or with the one that the folder lies in, or its package's."""
    folders = {project.folder: workspace.root / project.folder for project in workspace.projects}
    chosen = {folder for folder, path in folders.items() if path.is_relative_to(start)}
    if not chosen:
        holding = [folder for folder, path in folders.items() if start.is_relative_to(path)]
        chosen = {max(holding, key=len)} if holding else set()
    if not chosen:
        package = package_of(start)
        chosen = {folder for folder, path in folders.items() if path.is_relative_to(package)}
    return replace(
        workspace,
        projects=tuple(project for project in workspace.projects if project.folder in chosen),
        blind=tuple(
            each for each in workspace.blind if (workspace.root / each.place.path).is_relative_to(start)
        ),
    )


def _links(start: Path) -> Iterator[tuple[Path, str]]:
    """The usual functions folder, where that is a link: what lies behind it belongs to another project."""
    link = start / "convex"
    if link.is_symlink():
        yield link, f"it is a link to {link.resolve()}, and links are not followed"


def _closed(root: Path) -> Iterator[tuple[Path, str]]:
    """The first file that may be of a functions folder and may not be read, so that nobody knows."""
    for entry in files.walk(root):
        path = root / entry.path
        likely = "convex" in entry.path.split("/")[:-1] and entry.path.endswith(files.SOURCES)
        if likely and not os.access(path, os.R_OK):
            yield path, "it may not be read"
            return


def notes(paths: Sequence[Path], workspace: Workspace, config: CheckConfig) -> list[str]:
    """What is to be said of paths that were asked for and that the run has nothing to say of.

    Raises:
        NothingToCheckError: no Convex code lies in any of them.
    """
    if not paths:
        return list(_all_excluded(workspace, config))
    read = list(_code(workspace))
    code = _with_folders(read)
    checked = _with_folders(path for path in read if not matches(path, config.exclude))
    relative = {path: _relative(path, workspace.root) for path in paths}
    strange = [path for path in paths if relative[path] not in code]
    if len(strange) == len(paths):
        raise NothingToCheckError(strange, _nearest(strange[0], workspace))
    found = [f"{path}: no Convex code lies there" for path in strange]
    excluded = [path for path in paths if relative[path] in code - checked]
    return found + [f"{path}: the configuration excludes it" for path in excluded]


def _all_excluded(workspace: Workspace, config: CheckConfig) -> Iterator[str]:
    if config.exclude and all(matches(path, config.exclude) for path in _code(workspace)):
        yield "the configuration excludes all Convex code there is"


def _code(workspace: Workspace) -> Iterator[str]:
    """The files that findings may stand in, and what could not be read and may be one."""
    yield from (module.path for module in modules(workspace))
    blind: list[Blind] = [*workspace.blind]
    for project in workspace.projects:
        blind += project.blind
    yield from (each.place.path for each in blind)


def _with_folders(paths: Iterable[str]) -> set[str]:
    """Paths with the folders above them; "." is the root."""
    found: set[str] = set()
    for path in paths:
        found.add(path)
        for folder in PurePosixPath(path).parents:
            if str(folder) in found:
                break
            found.add(str(folder))
    return found


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _nearest(path: Path, workspace: Workspace) -> Path:
    """The functions folder that has most of its way in common with a path."""
    folders = [workspace.root / project.folder for project in workspace.projects]
    return max(folders, key=lambda folder: len(Path(os.path.commonpath([folder, path])).parts))
