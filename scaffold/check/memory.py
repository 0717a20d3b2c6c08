"""What rules said of the parts of projects, kept from one run to the next."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scaffold import __version__
from scaffold.check.parts import Part, encoded
from scaffold.core.findings import Blind, Finding  # noqa: TC001 - what is kept is read by its types
from scaffold.core.store import Store, digest, shape_of
from scaffold.model.closures import Closures
from scaffold.model.wiring_reader import handed_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scaffold.check.parts import Rows
    from scaffold.model.module import Module
    from scaffold.model.project import Project, Workspace
    from scaffold.model.wiring_reader import Handed
    from scaffold.rules.rule import Rule

_OURS = "scaffold."


class _Kept(msgspec.Struct, array_like=True):
    """A part as it is written down. One with failures is not kept."""

    findings: list[Finding]
    rows: dict[str, memoryview]
    entered: dict[str, bytes]
    blind: list[Blind]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


class Memory:
    """The parts of one workspace under some rules. A key holds all that a part was made from."""

    def __init__(self, workspace: Workspace, rules: Sequence[Rule]) -> None:
        asked = digest(repr([_identity(rule) for rule in rules]).encode())
        name = f"{workspace.name or workspace.root.resolve()} {asked.hex()}"
        shape = _shape() if workspace.cache else ""
        self._store = Store(workspace.cache, f"parts-{__version__}-{shape}", name)
        self._asked = asked

    def keys(self, project: Project) -> Keys:
        """What stands for the parts of a project."""
        return Keys(project, self._asked if self._store.keeps else None)

    def recall(self, key: bytes) -> Part | None:
        """What was said when all was as it is now; None if that is not known."""
        kept = self._store.get(key) if key else None
        if kept is None:
            return None
        try:
            found = _decoder.decode(kept)
        except msgspec.MsgspecError:
            return None
        rows: dict[str, Rows] = {**found.rows}
        return Part(findings=found.findings, rows=rows, entered=found.entered, blind=found.blind)

    def remember(self, key: bytes, part: Part) -> None:
        """Keep what was said for the next run."""
        if key and not part.failures:
            rows = {code: memoryview(encoded(each)) for code, each in part.rows.items()}
            kept = _Kept(part.findings, rows, part.entered, part.blind)
            self._store.put(key, _encoder.encode(kept))

    def save(self) -> None:
        """Write what this run used."""
        self._store.save()


class Keys:
    """The keys of one project's parts, under what is `asked`; empty ones where nothing is kept."""

    def __init__(self, project: Project, asked: bytes | None) -> None:
        self._modules = list(project.modules.values())
        if asked is None:
            self._own = [b"" for _ in self._modules]
            self._common = b""
            return
        closures, shared = Closures(project), asked + _of_project(project)
        handed = handed_on(project)
        self._own = [
            digest(shared + closures.of(module) + _of_module(project, module, handed.get(module.path, ())))
            for module in self._modules
        ]
        self._common = digest(shared + closures.of_all())

    def own(self) -> list[bytes]:
        """The key of each module."""
        return self._own

    def strays(self, entered: Mapping[str, Iterable[bytes]]) -> list[bytes]:
        """The keys of modules' strays, which hang on what functions anywhere come to."""
        pairs = zip(self._own, self._modules, strict=True)
        return [
            digest(key + b"".join(sorted(entered.get(module.path, ())))) if key else key
            for key, module in pairs
        ]

    def judged(self, rule: Rule, rows: Iterable[Rows]) -> bytes:
        """The key of what a rule makes of what it gathered."""
        if not self._common or not is_known(rule):
            return b""
        return digest(self._common + rule.code.encode() + b"".join(map(encoded, rows)))


def is_known(rule: Rule) -> bool:
    """Whether a change of the rule would be noticed: it is one of ours."""
    return rule.check.__module__.startswith(_OURS)


def _identity(rule: Rule) -> tuple[Any, ...]:
    return rule.code, rule.level, rule.needs, sorted((rule.settings or {}).items(), key=str)


def _of_project(project: Project) -> bytes:
    """What all of a project's parts hang on, beside its files."""
    known = project.directory.addresses
    open_ended = sorted(
        {
            (mention.by, mention.root, mention.path)
            for mention in project.mentions
            if mention.path not in known
        }
    )
    told = (
        project.folder,
        project.version,
        project.generates_env,
        sorted((table.name, table.complete) for table in project.tables.values() if table.package),
        project.component,
        sorted(project.inserted.tables),
        sorted(project.inserted.listed),
        project.inserted.untold,
        sorted(project.environment) if project.environment is not None else None,
        sorted(project.components),
        sorted(project.dependencies),
        sorted(project.access_checks),
        sorted(project.instrumented),
        project.builders.explained,
        sorted(module.path for module in project.wiring.idle),
        project.clients_in_view,
        project.tests_in_view,
        open_ended,
    )
    return digest(repr(told).encode())


def _of_module(project: Project, module: Module, handed: Iterable[Handed]) -> bytes:
    """What a module's part hangs on by itself: who mentions its functions, and where; what it is handed."""
    mentions = sorted(
        (mention.path[-1:], mention.by, mention.module.path, mention.module.digest, mention.node.start)
        for mention in project.mentions_in(module)
    )
    return digest(repr((module.path, mentions, sorted(handed))).encode())


def _shape() -> str:
    """A mark of the code that parts are made by."""
    here = Path(__file__).parent.parent
    packages = [here / name for name in ("check", "core", "model", "rules", "source")]
    groups = [Path(entry.path) for entry in os.scandir(here / "rules") if entry.is_dir()]
    return shape_of(map(str, (*packages, *(group for group in groups if group.name != "__pycache__"))))
