"""The configuration of checks, and fixes."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from scaffold.core.errors.base import ExitCode, ScaffoldError
from scaffold.core.text import listing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAMED = 3  # paths that a message names; more are counted


class ConfigurationError(ScaffoldError):
    """A configuration file holds something it may not, or cannot be read.

    `place` is the file, with the line where there is one. `detail` names what else is wrong in the same file.
    """

    def __init__(self, place: str, reason: str, hint: str, detail: str = "") -> None:
        super().__init__(f"{place}: {reason}", hint=hint, detail=detail)


class UnknownRuleError(ScaffoldError):
    """A word that should name a rule names none."""

    def __init__(self, word: str, where: str, guess: str | None) -> None:
        super().__init__(
            f"{where}: there is no rule {word!r}",
            hint=f"did you mean {guess}?" if guess else "see them all: convex-scaffold explain",
        )


class UnreachableConfigError(ScaffoldError):
    """A configuration lies in a repository that git cannot fetch."""

    exit_code = ExitCode.TOOL

    def __init__(self, what: str, url: str, output: str) -> None:
        super().__init__(
            f"{what} cannot be fetched, and was not fetched before",
            detail=output,
            hint=f"check the address, the ref and the network: git ls-remote {shlex.quote(url)}",
        )


class UnknownRevisionError(ScaffoldError):
    """A revision to compare with is not there."""

    def __init__(self, revision: str, folder: Path, *, in_repository: bool, is_shallow: bool = False) -> None:
        where = f"the repository around {folder}" if in_repository else f"{folder}, which is in no repository"
        hint = _way_to(revision, is_shallow=is_shallow) if in_repository else _NO_REPOSITORY
        super().__init__(f"there is no revision {revision!r} in {where}", hint=hint)


_NO_REPOSITORY = "leave --base out, or run it in a clone"


def _way_to(revision: str, *, is_shallow: bool) -> str:
    """What brings a revision into a repository: only what has a name can be fetched."""
    if re.fullmatch(r"(?!HEAD\b)\w[\w./@+-]*", revision):
        return f"fetch it first: git fetch origin {shlex.quote(revision.removeprefix('origin/'))}"
    if is_shallow:
        return "this clone holds a part of the history; fetch the rest: git fetch --unshallow"
    return "name a branch, a tag or a commit: git log --oneline"


class PathsApartError(ScaffoldError):
    """Paths on one command line that belong to different projects. Each comes as its home, and itself."""

    def __init__(self, first: tuple[Path, Path], second: tuple[Path, Path]) -> None:
        super().__init__(
            f"{first[1]} and {second[1]} belong to different projects: {first[0]} and {second[0]}",
            hint="check them one after the other",
        )


class NothingToCheckError(ScaffoldError):
    """No Convex code lies where a check was asked for. `folder` is one where some does."""

    exit_code = ExitCode.NOTHING_TO_DO

    def __init__(self, asked: Sequence[Path], folder: Path) -> None:
        named = [str(path) for path in asked[:_NAMED]]
        more = [f"{len(asked) - _NAMED} more"] if len(asked) > _NAMED else []
        command = f"convex-scaffold check {shlex.quote(str(folder))}"
        super().__init__(
            f"nothing to check: no Convex code lies in {listing([*named, *more])}",
            hint=f"leave the path out, or name one that holds some: {command}",
        )


class RuleFailedError(Exception):
    """A rule raised: a bug of ours, which the user cannot mend. Its cause is what was raised."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"rule {code} {name} failed; the other findings are complete")


class ChangedMeanwhileError(ScaffoldError):
    """A file was edited while changes to it were worked out."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by somebody else; nothing was written", hint="run it again")


class BusyError(ScaffoldError):
    """Two runs want to write to one project."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another convex-scaffold is writing in {folder}; nothing was changed",
            hint="wait until it has ended, and run it again",
        )
