"""Writing a plan into the project: one journalled step, staged; or a branch, without a file touched."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core import files, transaction
from scaffold.core.errors import (
    BranchExistsError,
    BusyRepositoryError,
    ChangedMeanwhileError,
    InvalidBranchError,
    MovedMeanwhileError,
    ToolFailedError,
    UncommittedError,
)
from scaffold.core.git import attempt, read
from scaffold.lifecycle.update import index, journal, undo
from scaffold.lifecycle.update.ignored import read_ignored
from scaffold.lifecycle.update.journal import Journal
from scaffold.lifecycle.update.project import check_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.core.git.repository import Repository
    from scaffold.core.git.trees import Store
    from scaffold.lifecycle.update.plan import Plan


def apply(plan: Plan, store: Store, then: Callable[[], None] | None = None) -> list[str]:
    """Write the plan into the work tree and stage it; conflicts are left unmerged, as git leaves them.

    `then` is the rest of the same step: if it fails, all is taken back. Returns the files that a killed run
    of another command had written, which are undone first.

    Raises:
        HalfWrittenError: it failed, and could not be taken back.
        ScaffoldError: something stands in the way, or could not be written; the project is as it was.
    """
    repository = plan.project.repository
    with journal.locked(repository) as lock, transaction.locked(plan.project.root):
        journal.check_pending(repository)
        undone = transaction.undo(plan.project.root)
        _check_unmoved(plan)
        check_ready(plan.project, _from_top(plan, plan.touched))
        full = _full_tree(plan, store)
        _move_objects(store, repository)
        journal.remove(repository)
        entry = _journal(plan)
        try:
            _write(plan, full, entry, lock)
            if then is not None:
                then()
            journal.write(repository, replace(entry, state="applied"))
        except BaseException:
            undo.roll_back(repository, lock)
            raise
    return undone


def check_branch(repository: Repository, name: str) -> None:
    """Whether a branch of this name can be made.

    Raises:
        BranchExistsError, InvalidBranchError: it cannot.
    """
    if attempt("check-ref-format", "--branch", name, cwd=repository.top).returncode:
        raise InvalidBranchError(name)
    if attempt("rev-parse", "--verify", "--quiet", f"refs/heads/{name}", cwd=repository.top).returncode == 0:
        raise BranchExistsError(name)


def write_branch(plan: Plan, store: Store, name: str, message: str) -> str:
    """Commit the plan on a new branch on top of the last commit, and return the commit's id.

    Raises:
        BranchExistsError, InvalidBranchError: the name cannot be taken.
        ToolFailedError: git knows nobody to commit as.
    """
    repository = plan.project.repository
    check_branch(repository, name)
    full = _full_tree(plan, store)
    _move_objects(store, repository)
    commit = repository.run("commit-tree", full, "-p", repository.head, "-m", message).strip()
    made = attempt("update-ref", f"refs/heads/{name}", commit, "", cwd=repository.top)
    if made.returncode:
        check_branch(repository, name)  # another run was quicker
        raise ToolFailedError("git", f"git update-ref refs/heads/{name}", made.stderr.strip())
    return commit


def _write(plan: Plan, full: str, entry: Journal, lock: int) -> None:
    """Everything that changes the project, between the first state of the journal and the last."""
    repository = plan.project.repository
    for path, backup in entry.backups.items():
        if backup is not None:
            content = plan.ignored[path.removeprefix(repository.prefix)].before or b""
            files.replace(journal.folder_of(repository) / backup, content)
    journal.write(repository, entry)
    attempt("update-index", "-q", "--refresh", cwd=repository.top, keep=(lock,))
    try:
        index.change(repository, "read-tree", "-m", "-u", repository.head, full, lock=lock)
    except (BusyRepositoryError, UncommittedError):  # nothing is written, so nothing is to be taken back
        journal.remove(repository)
        raise
    if plan.unmerged:
        _show_conflicts(plan, lock)
        index.change(repository, "update-index", "-z", "--index-info", data="".join(_stages(plan)), lock=lock)
    for path, file in plan.ignored.items():
        target = repository.root / path
        if file.after is None:
            target.unlink(missing_ok=True)
        else:
            files.replace(target, file.after)


def _show_conflicts(plan: Plan, lock: int) -> None:
    """Write those that a sparse checkout leaves out: a conflict that nobody sees is soon a deletion."""
    repository = plan.project.repository
    unseen = [path for path in plan.unmerged if path in plan.after]
    unseen = [path for path in _from_top(plan, unseen) if not os.path.lexists(repository.top / path)]
    if not unseen:
        return
    names = "".join(f"{path}\0" for path in unseen)
    index.change(repository, "update-index", "-z", "--no-skip-worktree", "--stdin", data=names, lock=lock)
    index.change(repository, "checkout-index", "-f", "-q", "-z", "--stdin", data=names, lock=lock)


def _check_unmoved(plan: Plan) -> None:
    """Whether what the plan was made from is still there; what is tracked and edited, git itself notices.

    Raises:
        MovedMeanwhileError: there is another commit.
        ChangedMeanwhileError: a file that git ignores was edited.
    """
    project = plan.project
    if attempt("rev-parse", "--verify", "HEAD", cwd=project.root).stdout.strip() != project.repository.head:
        raise MovedMeanwhileError
    for path, file in plan.ignored.items():
        if read_ignored(project.root / path) != file.before:
            raise ChangedMeanwhileError(path)


def _journal(plan: Plan) -> Journal:
    repository, prefix = plan.project.repository, plan.project.repository.prefix
    return Journal(
        state="applying",
        head=repository.head,
        version=plan.new,
        before={
            prefix + path: list(plan.before[path]) if path in plan.before else None for path in plan.touched
        },
        backups={
            prefix + path: None if file.before is None else f"backup-{number}"
            for number, (path, file) in enumerate(plan.ignored.items())
        },
        left_out=sorted(repository.left_out().intersection(_from_top(plan, plan.before))),
    )


def _stages(plan: Plan) -> Iterable[str]:
    repository, prefix = plan.project.repository, plan.project.repository.prefix
    for path, stages in plan.unmerged.items():
        yield f"0 {repository.no_object}\t{prefix}{path}\0"
        for stage, entry in sorted(stages.items()):
            yield f"{entry.mode} {entry.oid} {stage}\t{prefix}{path}\0"


def _from_top(plan: Plan, paths: Iterable[str]) -> list[str]:
    return [plan.project.repository.prefix + path for path in paths]


def _full_tree(plan: Plan, store: Store) -> str:
    """The tree of the whole repository after the update."""
    repository, prefix = plan.project.repository, plan.project.repository.prefix
    if not prefix:
        return store.write(plan.after)
    lines = []
    for path in plan.touched:
        entry = plan.after.get(path)
        mode_and_id = f"{entry.mode} {entry.oid}" if entry else f"0 {repository.no_object}"
        lines.append(f"{mode_and_id}\t{prefix}{path}\0")
    env = {"GIT_INDEX_FILE": str(store.folder / "full.index")}
    store.run("read-tree", repository.head, env=env)
    store.run("update-index", "-z", "--index-info", data="".join(lines), env=env)
    return store.run("write-tree", env=env).strip()


def _move_objects(store: Store, repository: Repository) -> None:
    """Make the store's objects the repository's; until something names them, they are only litter."""
    read("index-pack", "--stdin", "--fix-thin", cwd=repository.top, data=store.pack())
