"""Templates, their versions, and the repositories that follow them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from scaffold.core.errors.base import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class TemplateError(ScaffoldError):
    """The template cannot be used as it is."""

    def __init__(self, template: str, reason: str, hint: str) -> None:
        super().__init__(f"template {template}: {reason}", hint=hint)


class UnreachableTemplateError(ScaffoldError):
    """Git cannot read the template."""

    exit_code = ExitCode.TOOL

    def __init__(self, template: str, address: str, output: str) -> None:
        super().__init__(
            f"template {template} cannot be read",
            detail=output,
            hint=f"check the address and your access to it: git ls-remote {shlex.quote(address)}",
        )


class UnknownVersionError(ScaffoldError):
    """The template has no such version."""

    def __init__(self, template: str, ref: str, known: Sequence[str]) -> None:
        newest = ", ".join(known[-5:][::-1])
        super().__init__(
            f"template {template} has no version {ref!r}",
            hint=f"newest versions: {newest}" if newest else "it has no tagged version; leave --ref out",
        )


class NewerVersionError(ScaffoldError):
    """A version that only a later release of the tool carries."""

    def __init__(self, version: str, ours: str) -> None:
        super().__init__(
            f"template version {version} is not known to convex-scaffold {ours}",
            hint=f"take one that does: pip install --upgrade 'convex-scaffold>={version.lstrip('v')}'",
        )


class UntrustedTemplateError(ScaffoldError):
    """The template would run code of its own."""

    def __init__(self, template: str, features: str) -> None:
        super().__init__(
            f"template {template} runs code of its own ({features}), and was not given leave to",
            hint="read it first; then repeat the command with --trust",
        )


class NotARepositoryError(ScaffoldError):
    """The project is in no git repository."""

    def __init__(self, folder: Path, output: str) -> None:
        super().__init__(
            f"{folder} is in no git repository, and an update needs one to merge and to be undone",
            detail=output,
            hint=f"git init {shlex.quote(str(folder))}, then commit what is there",
        )


class NoCommitError(ScaffoldError):
    """The repository has no commit."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"nothing is committed yet in {folder}; an update is undone by going back to a commit",
            hint="git add --all && git commit -m 'Before update'",
        )


class BusyRepositoryError(ScaffoldError):
    """The repository is in the middle of something else."""

    def __init__(self, what: str, way_on: str) -> None:
        super().__init__(f"{what}; nothing was changed", hint=way_on)


class UncommittedError(ScaffoldError):
    """Files that an update would change have changes that are not committed."""

    _SHOWN = 20

    def __init__(self, paths: Sequence[str]) -> None:
        more = [f"… and {len(paths) - self._SHOWN} more"] if len(paths) > self._SHOWN else []
        super().__init__(
            "the update would change files that are not committed; nothing was changed",
            detail="\n".join([*paths[: self._SHOWN], *more]),
            hint="commit them or stash them (git stash --include-untracked), or take the update as a branch: "
            "convex-scaffold update --branch template-update",
        )


class UpdatePendingError(ScaffoldError):
    """An earlier update is not finished."""

    def __init__(self, version: str, *, interrupted: bool) -> None:
        what = "was interrupted" if interrupted else "is not committed yet"
        way_on = "" if interrupted else "commit it, or go back: "
        super().__init__(
            f"the update to {version} {what}; nothing was changed",
            hint=f"{way_on}convex-scaffold update --abort",
        )


class HalfWrittenError(ScaffoldError):
    """An update failed, and what it had written could not be taken back."""

    exit_code = ExitCode.TOOL

    def __init__(self, version: str, reason: str, detail: str = "") -> None:
        super().__init__(
            f"the update to {version} is half written, and taking it back failed: {reason}",
            detail=detail,
            hint="convex-scaffold update --abort",
        )


class MovedMeanwhileError(ScaffoldError):
    """What an update was worked out from is no longer the last commit."""

    def __init__(self) -> None:
        super().__init__(
            "there is a new commit since the update was worked out; nothing was changed", hint="run it again"
        )


class NothingToAbortError(ScaffoldError):
    """No update can be taken back."""

    def __init__(self, reason: str, way_on: str) -> None:
        super().__init__(f"{reason}; nothing was changed", hint=way_on)


class BranchExistsError(ScaffoldError):
    """The branch that would be written is there."""

    def __init__(self, name: str) -> None:
        quoted = shlex.quote(name)
        super().__init__(
            f"there is a branch {name} already; nothing was changed",
            hint=f"choose another name, or remove it: git branch -D {quoted}",
        )


class InvalidBranchError(ScaffoldError):
    """Git allows no branch of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be the name of a branch", hint="convex-scaffold update --branch template-update"
        )
