"""The one module that talks to git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from scaffold.core.errors import ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A hook exports these; they would point every call at another repository.
_FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
)

# No prompt, no hook and no translation: git is a library here.
_OURS = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a git call: the user's, without what points elsewhere, with hooks switched off."""
    env = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    env |= _OURS
    count = int(env.get("GIT_CONFIG_COUNT", "0") or 0)
    env |= {
        "GIT_CONFIG_COUNT": str(count + 1),
        f"GIT_CONFIG_KEY_{count}": "core.hooksPath",
        f"GIT_CONFIG_VALUE_{count}": os.devnull,
    }
    return env | dict(extra or {})


def attempt(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run git and return what happened, success or not.

    Raises:
        ToolMissingError: git is not installed.
    """
    try:
        return subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError as error:
        if not cwd.is_dir():
            raise
        raise ToolMissingError(
            "git",
            "to read templates and to start a repository",
            "install it from https://git-scm.com (a new project can do without: --no-git)",
        ) from error


def run(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run git and return its output.

    Raises:
        ToolFailedError: git ended with an error; its last words are the detail.
        ToolMissingError: git is not installed.
    """
    done = attempt(*arguments, cwd=cwd, env=env)
    if done.returncode:
        raise ToolFailedError("git", f"git {' '.join(arguments)}", done.stderr.strip())
    return done.stdout


def work_tree_of(folder: Path) -> str | None:
    """The root of the work tree that `folder` lies in, or None outside of any."""
    done = attempt("rev-parse", "--show-toplevel", cwd=folder)
    return done.stdout.strip() or None if done.returncode == 0 else None


def is_ignored(path: Path) -> bool:
    """Whether the repository around `path` ignores it; False outside of any."""
    return attempt("check-ignore", "--quiet", "--", path.name, cwd=path.parent).returncode == 0


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
    found = attempt(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", cwd=folder
    )
    if found.returncode:
        return None
    commit = found.stdout.strip()
    base = attempt("merge-base", "HEAD", commit, cwd=folder)
    return base.stdout.strip() or commit


def write_tree(folder: Path, commit: str, target: Path) -> None:
    """Write the files of a commit into the folder `target`; the repository is not touched.

    Raises:
        ToolFailedError: git ended with an error.
    """
    # An index of its own; large files that live elsewhere are not fetched.
    env = {"GIT_INDEX_FILE": str(target / ".index"), "GIT_LFS_SKIP_SMUDGE": "1"}
    run("read-tree", commit, cwd=folder, env=env)
    run("checkout-index", "--all", "--force", f"--prefix={target}/", cwd=folder, env=env)


def renames(folder: Path, commit: str) -> dict[str, str]:
    """Files that have another path in the work tree than in `commit`: the new one by the old one.

    Raises:
        ToolFailedError: git ended with an error.
    """
    options = ("--no-ext-diff", "--find-renames", "--diff-filter=R", "--name-status", "-z")
    words = run("diff", *options, commit, "--", cwd=folder).split("\0")
    return dict(zip(words[1::3], words[2::3], strict=False))
