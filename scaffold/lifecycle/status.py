"""How far a project and its template are apart: in versions, and file by file. Imports no Copier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core import config
from scaffold.core.errors import (
    AnswersFileError,
    NewerVersionError,
    NoAnswersError,
    ScaffoldError,
    UnknownVersionError,
)
from scaffold.lifecycle.groups import Adopted
from scaffold.lifecycle.update import ledger
from scaffold.templates import answers, notes, renders, versions
from scaffold.templates.addresses import is_ours

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.core.config import TemplateConfig
    from scaffold.templates.answers import Recorded
    from scaffold.templates.manifest import FileClass
    from scaffold.templates.notes import Note
    from scaffold.templates.renders import Expected

State = Literal["intact", "edited", "drifted", "missing", "deviates", "unadopted", "seeded", "generated"]


@dataclass(frozen=True, kw_only=True)
class FileState:
    """One file of the template as the project has it; `reason` is why it deviates on purpose."""

    path: str
    kind: FileClass
    state: State
    reason: str = ""

    @property
    def is_drift(self) -> bool:
        """Whether the template's own file was changed or removed, and nobody said why."""
        return self.kind == "managed" and self.state in {"drifted", "missing"}


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `status` knows. `behind` holds the versions to come, `skipped` those passed over, by reason."""

    root: Path
    template: str
    version: str
    newest: str
    behind: tuple[Note, ...]
    skipped: dict[str, str]
    files: tuple[FileState, ...]
    to_do: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def drift(self) -> tuple[FileState, ...]:
        """The files that drifted."""
        return tuple(file for file in self.files if file.is_drift)


def read(folder: Path, answers_file: str, *, trust: bool = False) -> Status:
    """The status of the project in `folder`, or the nearest above it.

    Raises:
        ScaffoldError: its files do not say what it was made from, or the template is out of reach.
    """
    recorded = _recorded(folder.resolve(), answers_file)
    root = recorded.path.parent
    settings = config.read(root)
    tags = versions.known(recorded.source)
    version = versions.named(recorded.version, tags)
    if is_ours(recorded.source) and version not in tags:
        raise _unknown(version, tuple(tags))
    behind = versions.later(version, tuple(tags), {versions.named(name, tags) for name in settings.skips})
    texts = notes.ours() if is_ours(recorded.source) else {}
    files, remarks = _files(recorded, settings, version, tags.get(version, ""), trust=trust)
    return Status(
        root=root,
        template="convex-scaffold" if is_ours(recorded.source) else recorded.source,
        version=version,
        newest=behind[-1] if behind else version,
        behind=tuple(notes.Note(version=tag, text=texts.get(tag, "")) for tag in behind),
        skipped={
            name: reason for name, reason in settings.skips.items() if versions.named(name, tags) in tags
        },
        files=files,
        to_do=_to_do(root),
        remarks=remarks,
    )


def _recorded(folder: Path, answers_file: str) -> Recorded:
    """What the project was made from; an update that is being written takes that away for a moment."""
    try:
        return answers.recorded(folder, answers_file)
    except (NoAnswersError, AnswersFileError):
        from scaffold.lifecycle.update import journal  # noqa: PLC0415 - git, which nobody else needs here

        with journal.settled(folder, is_read=True):
            return answers.recorded(folder, answers_file)


def _unknown(version: str, tags: tuple[str, ...]) -> Exception:
    from scaffold import __version__  # noqa: PLC0415

    if versions.later(tags[-1], [version], ()):
        return NewerVersionError(version, __version__)
    return UnknownVersionError("convex-scaffold", version, tags)


def _files(
    recorded: Recorded, settings: TemplateConfig, version: str, tag_id: str, *, trust: bool
) -> tuple[tuple[FileState, ...], tuple[str, ...]]:
    root = recorded.path.parent
    request = renders.Request(
        url=recorded.source,
        version=version,
        tag_id=tag_id,
        answers=recorded.answers,
        folder=root.name,
        answers_file=recorded.path.name,
        trust=trust,
    )
    try:
        wanted = renders.expected(request)
    except ScaffoldError as error:
        return (), (f"files are not compared: {error.message}",)
    wanted.pop(recorded.path.name, None)
    adopted = Adopted.by(settings)
    states = tuple(_state(root, path, expected, settings, adopted) for path, expected in wanted.items())
    intact = {file.path for file in states if file.state == "intact"}
    idle = [path for path in settings.deviations if path in intact or path not in wanted]
    return states, tuple(f"{path} does not deviate: take it out of scaffold.toml" for path in idle)


def _state(
    root: Path, path: str, expected: Expected, settings: TemplateConfig, adopted: Adopted
) -> FileState:
    kind = expected.kind
    if kind in {"seeded", "generated"}:
        return FileState(path=path, kind=kind, state="seeded" if kind == "seeded" else "generated")
    here = renders.digest(root / path)
    if here == expected.digest:
        return FileState(path=path, kind=kind, state="intact")
    if path in settings.deviations:
        return FileState(path=path, kind=kind, state="deviates", reason=settings.deviations[path])
    if path not in adopted:
        return FileState(path=path, kind=kind, state="unadopted")
    if here is None:
        return FileState(path=path, kind=kind, state="missing")
    return FileState(path=path, kind=kind, state="drifted" if kind == "managed" else "edited")


def _to_do(root: Path) -> tuple[str, ...]:
    """What codemods left to the owner, as the ledger says."""
    path = root / ledger.FILE
    if not path.is_file():
        return ()
    return tuple(ledger.open_places(path.read_text("utf-8", "replace")))
