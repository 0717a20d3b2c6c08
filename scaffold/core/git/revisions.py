"""Commits of a repository, and the files in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.git.process import attempt, run

if TYPE_CHECKING:
    from pathlib import Path


def fetch_tree(url: str, ref: str, target: Path) -> None:
    """Check out one commit of another repository, and nothing of its history, in the empty folder `target`.

    Raises:
        ToolFailedError: the address does not answer, or has no such ref.
    """
    run("init", "--quiet", cwd=target)
    run("fetch", "--quiet", "--depth", "1", "--end-of-options", url, ref, cwd=target)
    run("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=target)


def merge_base(folder: Path, revision: str) -> str | None:
    """The commit where the current branch left `revision`; the latter's own if they have nothing in common.

    None if the repository knows no such revision.
    """
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = attempt(*words, cwd=folder)
    if found.returncode:
        return None
    commit = found.stdout.strip()
    base = attempt("merge-base", "HEAD", commit, cwd=folder)
    return base.stdout.strip() or commit


def write_tree(folder: Path, commit: str, target: Path, *, largest: int) -> None:
    """Write the files of a commit, up to `largest` bytes each, into a folder; the repository is not touched.

    Raises:
        ToolFailedError: git ended with an error.
    """
    # An index of its own, beside the folder; large files that live elsewhere are not fetched.
    env = {"GIT_INDEX_FILE": f"{target}.index", "GIT_LFS_SKIP_SMUDGE": "1"}
    run("read-tree", commit, cwd=folder, env=env)
    names = [name for name, size in _sizes(folder, commit) if size <= largest]
    options = ("--force", "--stdin", "-z", f"--prefix={target}/")
    run("checkout-index", *options, cwd=folder, env=env, data="".join(f"{name}\0" for name in names))


def renames(folder: Path, commit: str) -> dict[str, str]:
    """Files that have another path in the work tree than in `commit`: the new one by the old one.

    Raises:
        ToolFailedError: git ended with an error.
    """
    options = ("--no-ext-diff", "--find-renames", "--diff-filter=R", "--name-status", "-z")
    words = run("diff", *options, commit, "--", cwd=folder).split("\0")
    return dict(zip(words[1::3], words[2::3], strict=False))


def _sizes(folder: Path, commit: str) -> list[tuple[str, int]]:
    """The files of a commit with their sizes; submodules have none, and are left out."""
    found = []
    for line in run("ls-tree", "-r", "-l", "-z", "--full-tree", commit, cwd=folder).split("\0"):
        facts, _, name = line.partition("\t")
        size = facts.rpartition(" ")[2]
        if size.isdigit():
            found.append((name, int(size)))
    return found
