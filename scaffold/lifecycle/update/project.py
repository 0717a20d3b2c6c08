"""A project as an update finds it, and what speaks against updating it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import config
from scaffold.core.errors import BusyRepositoryError, UncommittedError
from scaffold.core.git import repository
from scaffold.lifecycle.update import index
from scaffold.templates import answers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.core.config import TemplateConfig
    from scaffold.core.git.repository import Repository
    from scaffold.templates.answers import Recorded


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project made from a template, in a repository."""

    repository: Repository
    recorded: Recorded
    config: TemplateConfig

    @property
    def root(self) -> Path:
        """The folder that holds the answers file."""
        return self.repository.root

    @property
    def answers_file(self) -> str:
        """The name of the file of answers."""
        return self.recorded.path.name


def open_project(folder: Path, answers_file: str) -> Project:
    """The project in `folder`, or the nearest above it.

    Raises:
        NoAnswersError, AnswersFileError, UnreadableConfigError: its files do not say what it was made from.
        NotARepositoryError, NoCommitError: git does not hold it.
    """
    recorded = answers.recorded(folder.resolve(), answers_file)
    root = recorded.path.parent
    return Project(repository=repository.find(root), recorded=recorded, config=config.read(root))


def answers_committed(project: Project) -> bool:
    """Whether the answers file is in the last commit as it is."""
    path = project.repository.prefix + project.answers_file
    return path not in project.repository.dirty() and project.answers_file in project.repository.tree


def check_ready(project: Project, touched: Iterable[str]) -> None:
    """Whether these paths, from the top of the work tree, can be changed.

    Raises:
        BusyRepositoryError: a merge, rebase or another git is under way, or conflicts are unresolved.
        UncommittedError: some hold changes that are not committed, or are in the way untracked.
    """
    found = project.repository
    if under_way := found.under_way():
        name, way_out = under_way
        raise BusyRepositoryError(f"a {name} is under way", f"finish it, or end it: {way_out}")
    if not index.is_free(found):
        raise index.busy(found)
    dirty = found.dirty()
    unmerged = sorted(path for path, letters in dirty.items() if "U" in letters or letters in {"AA", "DD"})
    if unmerged:
        raise BusyRepositoryError(f"{unmerged[0]} has an unresolved conflict", "resolve it, then: git commit")
    in_the_way = _in_the_way(project, set(touched), dirty)
    if in_the_way:
        raise UncommittedError(in_the_way)


def _in_the_way(project: Project, touched: set[str], dirty: Iterable[str]) -> list[str]:
    found = project.repository
    uncommitted = set(dirty)
    blocked = set()
    for path in touched:
        parents = [path[:place] for place, char in enumerate(path) if char == "/"]
        blocked |= {part for part in (path, *parents) if part in uncommitted}
        inside = path.removeprefix(found.prefix)
        if inside not in found.tree and _is_foreign(found, inside):
            blocked.add(path)
    blocked |= {path for path in uncommitted if any(path.startswith(f"{other}/") for other in touched)}
    return sorted(blocked)


def _is_foreign(repository: Repository, path: str) -> bool:
    """Whether something is at a path that git ignores and does not list; a folder of the project's is not."""
    place = repository.root / path
    if place.is_dir() and not place.is_symlink():
        return not any(name.startswith(f"{path}/") for name in repository.tree)
    return os.path.lexists(place)
