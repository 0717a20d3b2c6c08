"""What a repository is and which state it is in; nothing here changes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scaffold.core.errors import NoCommitError, NotARepositoryError
from scaffold.core.git import process, trees

# What decides how a file's bytes become its content: it must be the same wherever we compute one.
_CONTENT_SETTINGS = (
    "^core\\.(autocrlf|eol|safecrlf|excludesfile|attributesfile|ignorecase|precomposeunicode)$|^filter\\."
)

_UNDER_WAY = {
    "MERGE_HEAD": ("merge", "git merge --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": ("revert", "git revert --abort"),
    "rebase-merge": ("rebase", "git rebase --abort"),
    "rebase-apply": ("rebase", "git rebase --abort"),
    "BISECT_LOG": ("bisect", "git bisect reset"),
}


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository and the folder in it that a project is.

    `prefix` is that folder's path below `top`, with a slash at its end, or empty. `git_dir` is that of this
    work tree, `common_dir` what all work trees share.
    """

    top: Path
    prefix: str
    git_dir: Path
    common_dir: Path
    objects: Path
    head: str
    object_format: str
    content_settings: str

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.top / self.prefix

    @property
    def no_object(self) -> str:
        """The id of nothing, as long as the others."""
        return "0" * len(self.head)

    def run(self, *arguments: str, data: str | None = None, keep: tuple[int, ...] = ()) -> str:
        """Run git at the top of the work tree."""
        return process.run(*arguments, cwd=self.top, data=data, keep=keep)

    def under_way(self) -> tuple[str, str] | None:
        """The merge, rebase or the like that is not finished, and the command that ends it."""
        return next((what for name, what in _UNDER_WAY.items() if (self.git_dir / name).exists()), None)

    @property
    def index_lock(self) -> Path:
        """Stands while git writes the index, and after git was killed doing so."""
        return self.git_dir / "index.lock"

    @cached_property
    def tree(self) -> trees.Tree:
        """The project's files in the last commit, by path below the project."""
        folder = f"{self.head}:{self.prefix.rstrip('/')}"
        found = process.attempt("ls-tree", "-r", "-z", folder, cwd=self.top)
        return trees.parse_tree(found.stdout) if found.returncode == 0 else {}

    def dirty(self) -> dict[str, str]:
        """The paths below `top` that differ from the last commit, with git's two letters for each.

        Untracked files are named one by one; ignored ones are not.
        """
        output = self.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        return {line[3:]: line[:2] for line in output.split("\0") if line}

    def left_out(self) -> set[str]:
        """The paths below `top` that a sparse checkout leaves out of the work tree."""
        entries = self.run("ls-files", "-t", "-z").split("\0")
        marked = (entry[2:] for entry in entries if entry.startswith("S "))
        return {path for path in marked if not os.path.lexists(self.top / path)}


_FACTS = (
    ("--show-toplevel",),
    ("--absolute-git-dir",),
    ("--git-common-dir",),
    ("--git-path", "objects"),
    ("--show-object-format",),
    ("--show-prefix",),
)


def find(folder: Path) -> Repository:
    """The repository that `folder` lies in.

    Raises:
        NotARepositoryError: there is none.
        NoCommitError: nothing is committed in it yet.
    """
    words = [word for fact in _FACTS for word in fact]
    done = process.attempt("rev-parse", *words, cwd=folder)
    facts = done.stdout.removesuffix("\n").split("\n")
    if done.returncode or not facts[0]:
        raise NotARepositoryError(folder, done.stderr.strip())
    if len(facts) != len(_FACTS):  # the names of folders may hold line ends
        facts = [process.run("rev-parse", *fact, cwd=folder).removesuffix("\n") for fact in _FACTS]
    top, git_dir, common, objects, object_format, prefix = facts
    head = process.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}", cwd=folder)
    if head.returncode:
        raise NoCommitError(folder)
    return Repository(
        top=Path(top),
        prefix=prefix,
        git_dir=Path(git_dir),
        common_dir=(folder / common).resolve(),
        objects=(folder / objects).resolve(),
        head=head.stdout.strip(),
        object_format=object_format,
        content_settings=_content_settings(folder),
    )


def _content_settings(folder: Path) -> str:
    """The repository's own settings that matter, as text for a configuration file."""
    found = process.attempt("config", "--local", "-z", "--get-regexp", _CONTENT_SETTINGS, cwd=folder)
    lines = []
    for name, _, value in (entry.partition("\n") for entry in found.stdout.split("\0") if entry):
        section, _, rest = name.partition(".")
        subsection, _, key = rest.rpartition(".")
        heading = f'[{section} "{_quoted(subsection)}"]' if subsection else f"[{section}]"
        lines += [heading, f'\t{key} = "{_quoted(value or "true")}"']
    return "\n".join([*lines, ""])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
