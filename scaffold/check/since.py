"""What was found already where a branch started: the same rules, on the files of that commit."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core import git
from scaffold.core.errors import UnknownRevisionError
from scaffold.core.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, kw_only=True)
class Before:
    """The files of a commit, at `root` as they stand around the root of the run.

    `renamed` gives today's path of files that had another one, both from the root of the run.
    """

    root: Path
    renamed: Mapping[str, str]

    def path_now(self, path: str) -> str:
        """The path that a file of that time has today."""
        return self.renamed.get(path, path)

    def sources(self, paths: Iterable[str]) -> Sources:
        """The texts of that time, by today's paths."""
        there = Sources(self.root)
        return Sources(known={self.path_now(path): there.lines(path).source for path in paths})


@contextmanager
def before(root: Path, revision: str) -> Iterator[Before]:
    """The files of the commit where the current branch left `revision`, for as long as they are needed.

    Raises:
        UnknownRevisionError: there is no such revision, or no repository.
        ToolFailedError: git ended with an error.
    """
    top = git.work_tree_of(root)
    commit = git.merge_base(root, revision) if top else None
    if top is None or commit is None:
        raise UnknownRevisionError(revision, root, in_repository=top is not None)
    inner = root.resolve().relative_to(Path(top).resolve())
    with tempfile.TemporaryDirectory(prefix="convex-scaffold-base-") as temporary:
        tree = Path(temporary) / "tree"
        tree.mkdir()
        git.write_tree(Path(top), commit, tree)
        target = tree / inner
        target.mkdir(parents=True, exist_ok=True)
        yield Before(root=target, renamed=_from(inner.as_posix(), git.renames(Path(top), commit)))


def link_packages(root: Path, there: Path, folders: Iterable[str]) -> None:
    """Give the older files today's packages: git has none, and rules ask for their versions."""
    for folder in {"", *folders, *(each.rpartition("/")[0] for each in folders)}:
        installed, link = root / folder / "node_modules", there / folder / "node_modules"
        if installed.is_dir() and link.parent.is_dir() and not link.exists():
            link.symlink_to(installed.resolve(), target_is_directory=True)


def _from(inner: str, renamed: Mapping[str, str]) -> dict[str, str]:
    """Renames within the root of the run, as paths from it."""
    prefix = "" if inner == "." else f"{inner}/"
    return {
        old.removeprefix(prefix): new.removeprefix(prefix)
        for old, new in renamed.items()
        if old.startswith(prefix) and new.startswith(prefix)
    }
