"""What is added to a project."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from scaffold.core.errors.base import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class InvalidPieceNameError(ScaffoldError):
    """The name of something to add is no name, or reserved."""

    def __init__(self, name: str, reason: str, example: str) -> None:
        super().__init__(f"{name!r}: {reason}; nothing was changed", hint=f"for example: {example}")


class NameTakenError(ScaffoldError):
    """Something of that name is there already."""

    def __init__(self, name: str, place: str) -> None:
        super().__init__(
            f"{name!r} is taken: {place}; nothing was changed", hint="choose another name, or rename that one"
        )


class UnexpectedShapeError(ScaffoldError):
    """A file of the project has no place for what belongs into it, as far as can be seen."""

    def __init__(self, place: str, reason: str, hint: str) -> None:
        super().__init__(f"{place}: {reason}; nothing was changed", hint=hint)


class MissingPieceError(ScaffoldError):
    """What is to be added needs something that the project has not."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}; nothing was changed", hint=hint)


class UnknownPartError(ScaffoldError):
    """A word that should choose something of the template chooses nothing."""

    def __init__(self, word: str, groups: Sequence[str], nearest: str | None) -> None:
        super().__init__(
            f"--only {word}: the template has neither such a file nor such a group",
            hint=f"did you mean {nearest}?" if nearest else f"the groups are: {', '.join(groups)}",
        )


class AlreadyAdoptedError(ScaffoldError):
    """A project that follows a template is to be brought under one."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the project follows a template already, as {path} says; nothing was changed",
            hint="convex-scaffold status, or to take more of it: convex-scaffold adopt --only GROUP",
        )


class InTheWayError(ScaffoldError):
    """Something of the project stands where a file is to be written."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(
            f"{path} cannot be written: {what} stands in the way; nothing was changed",
            hint=f"rename it: git mv {shlex.quote(what.rstrip('/'))} ANOTHER-NAME",
        )
