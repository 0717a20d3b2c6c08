"""What was found already where a branch started: the same rules, on the files of that commit."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core import git, temporary
from scaffold.core.errors import UnknownRevisionError
from scaffold.core.sources import Sources
from scaffold.model.discovery import owner
from scaffold.model.files import TOO_LARGE

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

    def symbol_now(self, symbol: str, folders: Iterable[str]) -> str:
        """What findings call today what they called otherwise then, where that goes by the name of a file.

        `folders` are all functions folders, of that time and of today: `notes:list` may be `deep/notes:list`.
        """
        known = tuple(folders)
        for old, new in self.renamed.items():
            name, now = _module(old, known), _module(new, known)
            if name and now and name != now and f"{name}:" in symbol:
                return re.sub(rf"(?<![\w/.-]){re.escape(name)}:", f"{now}:", symbol)
        return symbol

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
    top, commit = _starting_point(root, revision)
    inner = root.resolve().relative_to(top.resolve())
    with temporary.folder() as folder:
        tree = folder / "tree"
        tree.mkdir()
        git.write_tree(top, commit, tree, largest=TOO_LARGE)
        target = tree / inner
        target.mkdir(parents=True, exist_ok=True)
        yield Before(root=target, renamed=_from(inner.as_posix(), git.renames(top, commit)))


def link_packages(root: Path, there: Path, folders: Iterable[str]) -> None:
    """Give the older files today's packages: git has none, and rules ask for their versions."""
    for folder in {"", *folders, *(each.rpartition("/")[0] for each in folders)}:
        installed, link = root / folder / "node_modules", there / folder / "node_modules"
        if installed.is_dir() and link.parent.is_dir() and not link.exists():
            link.symlink_to(installed.resolve(), target_is_directory=True)


def _starting_point(root: Path, revision: str) -> tuple[Path, str]:
    """The work tree around `root`, and the commit to compare with."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        raise UnknownRevisionError(revision, root, in_repository=False)
    top = git.run("rev-parse", "--show-toplevel", cwd=root).strip()  # git may distrust it, and says why
    commit = git.merge_base(root, revision)
    if commit is None:
        shallow = git.run("rev-parse", "--is-shallow-repository", cwd=root).strip() == "true"
        raise UnknownRevisionError(revision, root, in_repository=True, is_shallow=shallow)
    return Path(top), commit


def _module(path: str, folders: Iterable[str]) -> str:
    """The name by which functions of a file are called; "" outside of the functions folders."""
    folder = owner(path, set(folders))
    inside = path.removeprefix(f"{folder}/") if folder else path
    return inside.rpartition(".")[0] if folder is not None else ""


def _from(inner: str, renamed: Mapping[str, str]) -> dict[str, str]:
    """Renames within the root of the run, as paths from it."""
    prefix = "" if inner == "." else f"{inner}/"
    return {
        old.removeprefix(prefix): new.removeprefix(prefix)
        for old, new in renamed.items()
        if old.startswith(prefix) and new.startswith(prefix)
    }
