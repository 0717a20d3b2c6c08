"""Running git: as a library, without prompts, hooks or translations."""

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
_OURS = {
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # who only looks keeps nobody from writing
}
_GRACE = 5.0  # seconds for a git that is told to end: one that is killed leaves its locks behind


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a git call: the user's, without what points elsewhere, with hooks switched off."""
    env = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    env |= _OURS
    given = env.get("GIT_CONFIG_COUNT", "")
    count = int(given) if given.isdecimal() else 0  # git itself refuses what is no number
    env |= {
        "GIT_CONFIG_COUNT": str(count + 1),
        f"GIT_CONFIG_KEY_{count}": "core.hooksPath",
        f"GIT_CONFIG_VALUE_{count}": os.devnull,
    }
    return env | dict(extra or {})


def attempt(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    data: str | None = None,
    keep: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run git and return what happened, success or not; `data` is its input, `keep` files it inherits.

    Raises:
        ToolMissingError: git is not installed.
    """
    done = _start(arguments, cwd, env, None if data is None else to_bytes(data), keep)
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def run(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    data: str | None = None,
    keep: tuple[int, ...] = (),
) -> str:
    """Run git and return its output.

    Raises:
        ToolFailedError: git ended with an error; its last words are the detail.
        ToolMissingError: git is not installed.
    """
    done = attempt(*arguments, cwd=cwd, env=env, data=data, keep=keep)
    if done.returncode:
        raise ToolFailedError("git", _shown(arguments), done.stderr.strip())
    return done.stdout


def read(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, data: bytes = b"") -> bytes:
    """Run git and return its output as it is; like `run`, for what is no text.

    Raises:
        ToolFailedError, ToolMissingError: as `run`.
    """
    done = _start(arguments, cwd, env, data, ())
    if done.returncode:
        raise ToolFailedError("git", _shown(arguments), _text(done.stderr).strip())
    return done.stdout


def _start(
    arguments: tuple[str, ...],
    cwd: Path,
    env: Mapping[str, str] | None,
    data: bytes | None,
    keep: tuple[int, ...],
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", *arguments]
    try:
        with subprocess.Popen(  # noqa: S603
            command,
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=keep,
        ) as git:
            try:
                output, errors = git.communicate(data or b"")
            except BaseException:
                _end(git)
                raise
        return subprocess.CompletedProcess(command, git.returncode, output, errors)
    except FileNotFoundError as error:
        if not cwd.is_dir():
            raise
        raise ToolMissingError(
            "git",
            "to read templates, and to start or compare repositories",
            "install it from https://git-scm.com (a new project can do without: --no-git)",
        ) from error


def _end(git: subprocess.Popen[bytes]) -> None:
    git.terminate()
    try:
        git.wait(_GRACE)
    except subprocess.TimeoutExpired:
        git.kill()


def _shown(arguments: tuple[str, ...]) -> str:
    return " ".join(["git", *arguments])


def to_bytes(text: str) -> bytes:
    """The bytes that were read as this text: file names and contents need not be UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _text(output: bytes) -> str:
    """File names are bytes, and need not be UTF-8."""
    return output.decode("utf-8", "surrogateescape")


def work_tree_of(folder: Path) -> str | None:
    """The root of the work tree that `folder` lies in, or None outside of any."""
    done = attempt("rev-parse", "--show-toplevel", cwd=folder)
    return done.stdout.removesuffix("\n") or None if done.returncode == 0 else None


def is_ignored(path: Path) -> bool:
    """Whether the repository around `path` ignores it; False outside of any."""
    return attempt("check-ignore", "--quiet", "--", path.name, cwd=path.parent).returncode == 0
