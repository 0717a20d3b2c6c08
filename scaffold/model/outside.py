"""Where functions are named outside of the functions folders, looked through once for all projects."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from scaffold.core.places import Lines
from scaffold.core.store import digest
from scaffold.model import files, mentioning
from scaffold.model.discovery import owner
from scaffold.model.module import Module
from scaffold.source.module_facts import ModuleFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from scaffold.model.facts import Source
    from scaffold.model.project import Project
    from scaffold.model.wiring import Mention, Who
    from scaffold.source import nodes as n


class Reading(NamedTuple):
    """What was read of a workspace, with its functions folders, and how to find one's way in it.

    `locate` finds the file behind a specifier in another, `module` makes a file one of a project's.
    """

    sources: Mapping[str, Source]
    folders: AbstractSet[str]
    locate: Callable[[str, str], str | None]
    module: Callable[[Project, str], Module]


class _Said(NamedTuple):
    """What a file says of functions, whichever project they are of. `of_convex`: it imports that name."""

    path: str
    by: Who
    of_convex: bool
    references: tuple[n.Reference, ...]
    named: tuple[mentioning.Named, ...]


class _Origin(NamedTuple):
    """Where the `api` of a file comes from: a package or a copy, paths, or somewhere above the root."""

    elsewhere: bool
    paths: tuple[str, ...]
    unknown: bool

    def is_in(self, project: Project) -> bool:
        """Whether it may be this project's; a package or a copy is not asked for that of a component."""
        generated = f"{project.folder}/" if project.folder else "_generated"
        handed = self.elsewhere and not project.component
        return handed or self.unknown or any(path.startswith(generated) for path in self.paths)


class _Text(NamedTuple):
    """A file that is not parsed, and the addresses in it."""

    path: str
    source: bytes
    digest: bytes
    found: tuple[mentioning.Spoken, ...]


class Outside:
    """The files of clients and tests of one folder.

    `paths` are those that are parsed, `others` the places of those that are not.
    """

    def __init__(self, paths: Collection[str], others: Mapping[str, Path], reading: Reading) -> None:
        self._paths = paths
        self._others = others
        self._reading = reading
        self._taken: dict[str, tuple[str, ...]] = {}
        self._origins: dict[str, _Origin] = {}

    def mentions(self, project: Project) -> Iterator[Mention]:
        """Those of a project's functions, but for the files that are helpers of it."""
        known = project.directory.addresses
        for said in self._said:
            if said.path not in project.helpers:
                yield from self._of(project, said, known)
        if not project.component:
            yield from self._in_text(project, known)

    def _of(self, project: Project, said: _Said, known: Collection[tuple[str, ...]]) -> Iterator[Mention]:
        """What one file names: by `api`, and in strings."""
        means = self._origin(said.path).is_in(project)
        if not means and not said.of_convex:
            return
        references = said.references if means else ()
        told = {each.start for each in references} if said.named else set()
        certain = means and said.by == "client"
        named = [
            each for each in said.named if each.node.start not in told and (certain or each.path in known)
        ]
        if references or named:
            module = self._reading.module(project, said.path)
            if references:
                yield from mentioning.references(module, said.by)
            yield from mentioning.named(module, named, said.by)

    def _in_text(self, project: Project, known: Collection[tuple[str, ...]]) -> Iterator[Mention]:
        """What clients and tests in other languages name, components of Vue, Svelte and Astro, and pages."""
        for text in self._texts:
            found = [each for each in text.found if each.certain or each.path in known]
            if found:
                module = Module(
                    file=self._others[text.path],
                    path=text.path,
                    name=text.path,
                    facts=ModuleFacts(),
                    project=project,
                    entry=False,
                    digest=text.digest,
                )
                module.lines = Lines(text.path, text.source)
                yield from mentioning.spoken(module, found)

    # --- looked for once ---------------------------------------------------------------------------------

    @cached_property
    def _said(self) -> list[_Said]:
        """The files that name any function."""
        found = []
        for path in self._paths:
            source = self._reading.sources[path]
            references, named = source.facts.references, tuple(mentioning.strings(source.content))
            if references or named:
                by: Who = "test" if files.is_test(path) or files.is_in_tests(path) else "client"
                of_convex = mentioning.is_of_convex(source.facts)
                found.append(_Said(path, by, of_convex, references, named))
        return found

    @cached_property
    def _texts(self) -> list[_Text]:
        """The files that are no modules and may name a function."""
        found = []
        for path, file in self._others.items():
            source = files.content(file)
            spoken = tuple(mentioning.in_text(path, source))
            if spoken:
                found.append(_Text(path, source, digest(source), spoken))
        return found

    def _origin(self, path: str) -> _Origin:
        """Where a file takes `api` from, also through files that hand it on."""
        if path not in self._origins:
            taken = [(here, each) for here in self._handing(path) for each in self._taken_by(here)]
            relative = [_relative(here, each) for here, each in taken if each.startswith(".")]
            self._origins[path] = _Origin(
                elsewhere=len(relative) < len(taken) or any(map(self._is_copy, relative)),
                paths=tuple(each for each in relative if each is not None),
                unknown=None in relative,
            )
        return self._origins[path]

    def _is_copy(self, path: str | None) -> bool:
        """Whether it is generated code that a client holds, without the functions."""
        if path is None or "_generated" not in path.split("/"):
            return False
        return owner(path, self._reading.folders) is None

    def _handing(self, path: str) -> list[str]:
        """A file, and all that it takes `api` from."""
        seen: dict[str, None] = {}
        pending: list[str | None] = [path]
        while pending:
            here = pending.pop()
            if here is not None and here in self._reading.sources and here not in seen:
                seen[here] = None
                pending += [
                    self._reading.locate(here, each) for each in self._taken_by(here) if each.startswith(".")
                ]
        return list(seen)

    def _taken_by(self, path: str) -> tuple[str, ...]:
        if path not in self._taken:
            self._taken[path] = tuple(mentioning.sources(self._reading.sources[path].facts))
        return self._taken[path]


def _relative(path: str, specifier: str) -> str | None:
    """The path that a specifier means, from the root of the run; None if it lies above."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    return None if joined.startswith("..") else joined
