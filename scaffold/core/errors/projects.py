"""A project's name, its place, its answers and its generated code."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from scaffold.core.errors.base import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class InvalidNameError(ScaffoldError):
    """The project's name cannot be a package name or a folder."""

    def __init__(self, name: str, reason: str, suggestion: str) -> None:
        super().__init__(
            f"{name!r} is no name for a project: {reason}",
            hint=f"convex-scaffold new {shlex.quote(suggestion)}",
        )


class NameIsPathError(ScaffoldError):
    """A path stands where a name belongs."""

    def __init__(self, name: str, suggestion: str, parent: str | None) -> None:
        where = f" --in {shlex.quote(parent)}" if parent else ""
        super().__init__(
            f"{name!r} is a path, not a name; the project is created in the current folder, or under --in",
            hint=f"convex-scaffold new {shlex.quote(suggestion)}{where}",
        )


class TargetExistsError(ScaffoldError):
    """Something stands where the project would go."""

    def __init__(self, target: Path, what: str, suggestion: str) -> None:
        super().__init__(
            f"{target} {what}; nothing was changed",
            hint=f"choose another name (convex-scaffold new {shlex.quote(suggestion)}) or move it away first",
        )


class MissingFolderError(ScaffoldError):
    """A folder named on the command line is not there."""

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            f"{option} {folder}: there is no such folder", hint=f"mkdir -p {shlex.quote(str(folder))}"
        )


class OutsideError(ScaffoldError):
    """A path that must be in the project is not."""

    def __init__(self, path: Path, root: Path) -> None:
        super().__init__(f"{path} is not in the project", hint=f"name a file or folder in {root}")


class CannotWriteError(ScaffoldError):
    """The file system refuses."""

    def __init__(self, path: Path, reason: str, *, otherwise: str = "") -> None:
        self.reason = reason
        super().__init__(
            f"cannot write {path}: {reason}; nothing was changed",
            hint="check the permissions and the space left" + (f", or {otherwise}" if otherwise else ""),
        )


class NotAProjectError(ScaffoldError):
    """There is no Convex project where the command looked.

    `passed` are folders that were not looked into, and why.
    """

    exit_code = ExitCode.NOTHING_TO_DO

    def __init__(self, folder: Path, looked_for: str, passed: Sequence[tuple[Path, str]] = ()) -> None:
        super().__init__(
            f"no Convex project in {folder}: {looked_for}",
            hint=f"see what it is, and who may read it: ls -ld {shlex.quote(str(passed[0][0]))}"
            if passed
            else "go to the project's folder, or create one: convex-scaffold new my-backend",
            detail="\n".join(f"{path} was not looked into: {reason}" for path, reason in passed),
        )


class ProjectsBelowError(NotAProjectError):
    """There is no Convex project where the command looked, but further down."""

    _SHOWN = 5

    def __init__(self, folder: Path, below: Sequence[str]) -> None:
        more = [f"{len(below) - self._SHOWN} more"] if len(below) > self._SHOWN else []
        super().__init__(folder, f"but in {', '.join([*below[: self._SHOWN], *more])}")
        self.hint = f"go there first: cd {shlex.quote(str(folder / below[0]))}"


class TwoNamesError(ScaffoldError):
    """A name was given twice, and not the same."""

    def __init__(self, argument: str, answer: str) -> None:
        super().__init__(
            f"the project is called {argument!r} and, by --data project_name, {answer!r}",
            hint="name it once: the argument is the answer to project_name too",
        )


class MissingNameError(ScaffoldError):
    """A project needs a name, and there is nobody to ask for one."""

    def __init__(self) -> None:
        super().__init__(
            "not answered, and there is no terminal to ask on: NAME",
            hint="add it, as in: convex-scaffold new my-backend",
        )


class UnansweredError(ScaffoldError):
    """Questions are open and there is nobody to ask."""

    def __init__(self, names: Sequence[str]) -> None:
        options = " ".join(f"--data {name}=…" for name in names)
        which = ", ".join(names)
        super().__init__(
            f"not answered, and there is no terminal to ask on: {which}",
            hint=f"add {options}, or --defaults to take the defaults",
        )


class NoDefaultError(ScaffoldError):
    """Questions are open whose defaults were to be taken, and that have none."""

    def __init__(self, names: Sequence[str]) -> None:
        options = " ".join(f"--data {name}=…" for name in names)
        super().__init__(f"not answered, and without a default: {', '.join(names)}", hint=f"add {options}")


class InvalidAnswerError(ScaffoldError):
    """An answer does not fit its question."""

    def __init__(self, name: str, reason: str, choices: Iterable[object] = ()) -> None:
        self.reason = reason
        known = ", ".join(str(choice) for choice in choices)
        super().__init__(
            f"answer {name!r}: {reason}",
            hint=f"choose from: {known}" if known else f"give another value: --data {name}=…",
        )


class UnknownAnswerError(ScaffoldError):
    """A name was answered that the template does not ask for."""

    def __init__(self, name: str, known: Sequence[str], nearest: str | None) -> None:
        super().__init__(
            f"the template has no question {name!r}",
            hint=f"did you mean {nearest}?" if nearest else f"its questions are: {', '.join(known)}",
        )


class AnswersFileError(ScaffoldError):
    """A file of answers cannot be read."""

    def __init__(self, path: Path, reason: str, line: int | None = None, *, hint: str = "") -> None:
        place = f"{path}:{line}" if line else str(path)
        super().__init__(
            f"{place}: {reason}", hint=hint or "write one `name: value` a line, as in `auth: clerk`"
        )


class NoAnswersError(ScaffoldError):
    """Nothing says which template a project was made from."""

    def __init__(self, folder: Path, file: str) -> None:
        super().__init__(
            f"there is no {file} in {folder}: nothing says which template it was made from, and how",
            hint="go to the project's folder, or name its file of answers with --answers-file",
        )


class DataOptionError(ScaffoldError):
    """A `--data` option that is no assignment."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"--data {text!r} is not of the form name=value", hint="write for example --data auth=clerk"
        )


class UnsupportedCodegenError(ScaffoldError):
    """Generated code that only a deployment can make."""

    def __init__(self, feature: str, place: str) -> None:
        super().__init__(
            f"{place}: {feature} needs an analysis that only a deployment can do; nothing was written",
            hint="npx convex dev --once",
        )


class UnreadableConfigError(ScaffoldError):
    """A file of the project that cannot be understood without running it."""

    def __init__(self, place: str, reason: str, hint: str) -> None:
        super().__init__(f"{place}: {reason}", hint=hint)


class UnreadableTestsError(ScaffoldError):
    """A file of generated tests, or the note of what was generated, cannot be understood."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}; nothing was changed",
            hint="repair it, or move it away: convex-scaffold stubs writes a new one",
        )
