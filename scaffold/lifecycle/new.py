"""Creating a project: render beside the target, complete it there, rename it into place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core import files, git, temporary
from scaffold.core.errors import MissingFolderError, ScaffoldError, TargetExistsError
from scaffold.lifecycle import codegen
from scaffold.lifecycle.staging import staged
from scaffold.lifecycle.stubs import pruning
from scaffold.model import layout

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.templates.rendering import Form

GitState = Literal["committed", "staged", "inside", "off"]


@dataclass(frozen=True, kw_only=True)
class GitResult:
    """What became of the repository.

    `committed`: a first commit, whose short id is `detail`. `staged`: git knows nobody to commit as.
    `inside`: the project lies in the repository at `detail`, and is left for its owner to commit.
    """

    state: GitState
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Created:
    """A project that is in place. `files` are its files as rendered, `notes` what its owner should know."""

    path: Path
    files: tuple[str, ...]
    git: GitResult
    notes: tuple[str, ...]


def check_target(parent: Path, folder: str) -> Path:
    """Where the project will go, once it is known that it can.

    Raises:
        MissingFolderError: `parent` is not there.
        TargetExistsError: something that is not an empty folder stands in the way.
    """
    if not parent.is_dir():
        raise MissingFolderError(parent, "--in")
    target = parent.resolve() / folder
    if target.is_symlink():
        raise TargetExistsError(target, "is a link", _free_name(parent, folder))
    if target.exists() and not target.is_dir():
        raise TargetExistsError(target, "is a file", _free_name(parent, folder))
    if target.is_dir() and any(target.iterdir()):
        raise TargetExistsError(target, "is not empty", _free_name(parent, folder))
    return target


def preview(form: Form, folder: str) -> tuple[str, ...]:
    """The files that `create` would make, with nothing written where it would."""
    with temporary.folder() as place:
        path = place / folder
        form.render(path)
        _refresh_generated(path)
        return tuple(files.below(path))


def create(form: Form, target: Path, *, with_git: bool, message: str) -> Created:
    """Make the project at `target`, whole or not at all.

    Raises:
        ScaffoldError: it cannot be rendered or written; `target` is as it was.
    """
    inside = git.work_tree_of(target.parent) if with_git and not git.is_ignored(target) else None
    with staged(target, suggestion=_free_name(target.parent, target.name)) as path:
        form.render(path)
        notes = _refresh_generated(path)
        names = tuple(files.below(path))
        result = _start_repository(path, message) if with_git and inside is None else None
    if result is None:
        result = GitResult(state="inside", detail=inside) if inside else GitResult(state="off")
    return Created(path=target, files=names, git=result, notes=notes)


def _refresh_generated(path: Path) -> tuple[str, ...]:
    """Make the generated code fit the modules that were chosen; other people's templates may not allow it."""
    pruning.fit(path)
    try:
        found = layout.read(path)
        if found.functions.is_dir():
            codegen.apply(codegen.plan(found))
    except ScaffoldError as error:
        return (f"generated code is as the template has it: {error.message}",)
    return ()


def _start_repository(path: Path, message: str) -> GitResult:
    branch = git.attempt("config", "--get", "init.defaultBranch", cwd=path).stdout.strip() or "main"
    git.run("init", "--quiet", "--initial-branch", branch, cwd=path)
    git.run("add", "--all", cwd=path)
    commit = git.attempt("commit", "--quiet", "--no-gpg-sign", "--message", message, cwd=path)
    # A template may have committed all of it by itself.
    if commit.returncode and git.attempt("diff", "--cached", "--quiet", "HEAD", cwd=path).returncode:
        return GitResult(state="staged", detail=branch)
    return GitResult(state="committed", detail=git.run("rev-parse", "--short", "HEAD", cwd=path).strip())


def commit_lockfile(path: Path, lockfile: str) -> None:
    """Commit the lock file that a package manager made at the first install."""
    git.run("add", "--", lockfile, cwd=path)
    git.run(
        "commit", "--quiet", "--no-gpg-sign", "--message", f"Lock the dependencies in {lockfile}", cwd=path
    )


def _free_name(parent: Path, folder: str) -> str:
    number = 2
    while (parent / f"{folder}-{number}").exists():
        number += 1
    return f"{folder}-{number}"
