"""Every way in which the tool can fail, on one page: exit code, message, and what to type next."""

from __future__ import annotations

import shlex
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class ExitCode(IntEnum):
    """What the shell sees. The table in docs/reference/exit-codes.md is made from this."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_TO_DO = 3
    CONFLICTS = 4
    TOOL = 5
    BUG = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The one-line meaning that help and docs print."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done, nothing to report",
    ExitCode.FINDINGS: "findings, drift, or generated code that is behind",
    ExitCode.USAGE: "the command line, an answer or a configuration file is wrong",
    ExitCode.NOTHING_TO_DO: "no Convex project here",
    ExitCode.CONFLICTS: "an update left conflicts to resolve",
    ExitCode.TOOL: "a program that is needed is missing or failed",
    ExitCode.BUG: "a bug in convex-scaffold; a report was written",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C)",
}


class ScaffoldError(Exception):
    """A failure the user can understand and act on.

    `message` says what is wrong and where; `hint` says what to do next, a command where there is one;
    `detail` is longer evidence (the end of a tool's output), printed between the two.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail


# --- names and places ------------------------------------------------------------------------------------


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
        super().__init__(
            f"cannot write {path}: {reason}; nothing was changed",
            hint="check the permissions and the space left" + (f", or {otherwise}" if otherwise else ""),
        )


class NotAProjectError(ScaffoldError):
    """There is no Convex project where the command looked."""

    exit_code = ExitCode.NOTHING_TO_DO

    def __init__(self, folder: Path, looked_for: str) -> None:
        super().__init__(
            f"no Convex project in {folder}: {looked_for}",
            hint="go to the project's folder, or create one: convex-scaffold new my-backend",
        )


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


# --- answers ---------------------------------------------------------------------------------------------


class UnansweredError(ScaffoldError):
    """Questions are open and there is nobody to ask."""

    def __init__(self, names: Sequence[str]) -> None:
        options = " ".join(f"--data {name}=…" for name in names)
        which = ", ".join(names)
        super().__init__(
            f"not answered, and there is no terminal to ask on: {which}",
            hint=f"add {options}, or --defaults to take the defaults",
        )


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


# --- templates -------------------------------------------------------------------------------------------


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


# --- repositories ----------------------------------------------------------------------------------------


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


# --- programs --------------------------------------------------------------------------------------------


class ToolMissingError(ScaffoldError):
    """A program that is needed is not installed."""

    exit_code = ExitCode.TOOL

    def __init__(self, tool: str, why: str, remedy: str) -> None:
        super().__init__(f"{tool} is needed {why}", hint=remedy)


class ToolFailedError(ScaffoldError):
    """A program that was needed ended with an error."""

    exit_code = ExitCode.TOOL

    def __init__(self, what: str, command: str, output: str, *, hint: str = "") -> None:
        super().__init__(
            f"{what} failed: {command}", detail=output, hint=hint or f"see for yourself: {command}"
        )


# --- the embedded backend --------------------------------------------------------------------------------


class ServeOptionError(ScaffoldError):
    """An option of `serve` that makes no sense."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)


class ServeError(ScaffoldError):
    """The embedded backend cannot run the project as it is."""

    exit_code = ExitCode.TOOL


# --- generated code --------------------------------------------------------------------------------------


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


# --- configuration ---------------------------------------------------------------------------------------


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

    def __init__(self, revision: str, folder: Path, *, in_repository: bool) -> None:
        where = f"the repository around {folder}" if in_repository else f"{folder}, which is in no repository"
        super().__init__(
            f"there is no revision {revision!r} in {where}",
            hint=f"fetch it first: git fetch origin {shlex.quote(revision.removeprefix('origin/'))}"
            if in_repository
            else "leave --base out, or run it in a clone",
        )


class PathsApartError(ScaffoldError):
    """Paths on one command line that belong to different projects. Each comes as its home, and itself."""

    def __init__(self, first: tuple[Path, Path], second: tuple[Path, Path]) -> None:
        super().__init__(
            f"{first[1]} and {second[1]} belong to different projects: {first[0]} and {second[0]}",
            hint="check them one after the other",
        )


class RuleFailedError(Exception):
    """A rule raised: a bug of ours, which the user cannot mend. Its cause is what was raised."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"rule {code} {name} failed; the other findings are complete")


# --- fixes -----------------------------------------------------------------------------------------------


class ChangedMeanwhileError(ScaffoldError):
    """A file was edited while fixes to it were worked out."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by somebody else; nothing was written", hint="run it again")


class BusyError(ScaffoldError):
    """Two runs want to write to one project."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another convex-scaffold is writing in {folder}; nothing was changed",
            hint="wait until it has ended, and run it again",
        )


# --- adding to a project ---------------------------------------------------------------------------------


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


class InterruptedChangeError(ScaffoldError):
    """A killed run left changes behind that can be neither finished nor undone without loss."""

    def __init__(self, folder: Path, changed: str) -> None:
        super().__init__(
            f"an interrupted run left {folder}, and {changed} has been edited since",
            hint=f"take what you need from {folder}, then remove it: rm -r {shlex.quote(str(folder))}",
        )


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
