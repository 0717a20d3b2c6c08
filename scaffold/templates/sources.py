"""From what the user named, our template or another one, to a folder that holds one version of it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from scaffold import __version__
from scaffold.core import git, temporary
from scaffold.core.errors import (
    NewerVersionError,
    TemplateError,
    UnknownVersionError,
    UnreachableTemplateError,
)
from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import history
from scaffold.templates.addresses import canonical, is_ours, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One version of a template on disk.

    `name` is what messages call it; `url` and `version` are what the answers file records. A template
    that is a plain folder has no version, and projects made from it cannot be updated. `commit` is the id
    that the version stands for, where it was taken from git.
    """

    root: Path
    name: str
    url: str
    version: str | None
    commit: str | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def open_template(template: str | None, ref: str | None) -> Iterator[Snapshot]:
    """The version `ref`, or else the newest, of a template; of our own where none is named.

    Raises:
        TemplateError: there is no such template.
        UnknownVersionError: it has no such version.
        ToolFailedError, ToolMissingError: git could not read it.
    """
    with open_source(template) as source:
        yield source.at(ref)


@contextmanager
def open_source(template: str | None, *, recorded: str | None = None) -> Iterator[Source]:
    """All versions of a template; of our own where none is named.

    `recorded` is the address as a project's answers file has it, and goes on having it.

    Raises:
        TemplateError: there is no such template.
        ToolFailedError, ToolMissingError: git could not read it.
    """
    if template is not None and is_ours(template):
        template = None
    location = _locate(template)
    if recorded is not None:
        location = replace(location, url=recorded)
    with temporary.folder() as folder:
        yield Source(location, folder)


class Source:
    """A template and its versions, each of which can be had as a folder."""

    def __init__(self, location: _Location, folder: Path) -> None:
        self._location = location
        self._folder = folder
        self._clone: Path | None = None
        self.name = location.name
        self.url = location.url

    @property
    def is_ours(self) -> bool:
        """Whether it is the template that comes with this package."""
        return self._location.clone_from == str(history.BUNDLE)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The tags that are versions, oldest first."""
        if self.is_ours:
            return history.versions()
        return () if self._is_plain_folder else tuple(_version_tags(self._cloned()))

    def at(self, ref: str | None) -> Snapshot:
        """The version `ref`, or else the newest.

        Raises:
            UnknownVersionError: there is none of that name.
            NewerVersionError: it is one of ours, but newer than this package.
            TemplateError: it is no Copier template.
        """
        if self.is_ours and ref in {None, history.NEWEST}:
            return Snapshot(root=TEMPLATE_ROOT, name=self.name, url=self.url, version=history.NEWEST)
        if self._is_plain_folder:
            return self._plain(ref)
        wanted = ref or (self.versions[-1] if self.versions else "HEAD")
        commit = self._commit(wanted)
        return _checkout(self._location, self._cloned(), wanted, commit, self._folder / commit)

    def _commit(self, wanted: str) -> str:
        commit = None if self.is_ours and wanted not in self.versions else _resolve(self._cloned(), wanted)
        if commit is not None:
            return commit
        if self.is_ours and _is_newer(wanted):
            raise NewerVersionError(wanted, __version__)
        raise UnknownVersionError(self.name, wanted, self.versions)

    @property
    def _is_plain_folder(self) -> bool:
        return self._location.folder is not None and not self._location.is_repository

    def _plain(self, ref: str | None) -> Snapshot:
        location = self._location
        if ref or location.folder is None:
            raise UnknownVersionError(location.name, ref or "", [])
        note = f"{location.name} is not a git repository: projects made from it cannot be updated"
        return Snapshot(
            root=location.folder, name=location.name, url=location.url, version=None, notes=(note,)
        )

    def _cloned(self) -> Path:
        if self._clone is None:
            self._clone = _clone(self._location, self._folder / "clone")
        return self._clone


def tags_at(url: str) -> dict[str, str]:
    """The versions of the template at an address, oldest first, each with its id, without fetching it.

    Raises:
        UnreachableTemplateError: git cannot read it.
        TemplateError: there is no such template.
    """
    location = _locate(url)
    if location.folder and not location.is_repository:
        return {}
    listed = git.attempt("ls-remote", "--tags", "--refs", "--", location.clone_from, cwd=Path())
    if listed.returncode:
        raise UnreachableTemplateError(location.name, location.clone_from, listed.stderr.strip())
    lines = [line.split("\trefs/tags/") for line in listed.stdout.splitlines()]
    ids = {tag: oid for oid, tag in lines}
    return {tag: ids[tag] for tag in _versions_among(ids)}


@dataclass(frozen=True, kw_only=True)
class _Location:
    name: str
    url: str  # what is recorded
    clone_from: str
    folder: Path | None = None
    is_repository: bool = True


def _locate(template: str | None) -> _Location:
    if template is None:
        return _Location(name="convex-scaffold", url=history.CANONICAL_URL, clone_from=str(history.BUNDLE))
    folder = Path(template).expanduser()
    if folder.exists():
        return _local(template, folder.resolve())
    if not is_url(template):
        hint = "name a folder, a git URL, or a repository as in gh:owner/name"
        raise TemplateError(template, "there is no such folder, and it is no URL", hint)
    url = canonical(template)
    return _Location(name=template, url=url, clone_from=url)


def _local(template: str, folder: Path) -> _Location:
    if folder.is_file():  # a bundle
        return _Location(name=template, url=str(folder), clone_from=str(folder))
    inside = git.work_tree_of(folder)
    bare = git.attempt("rev-parse", "--is-bare-repository", cwd=folder).stdout.strip() == "true"
    is_repository = bare or (inside is not None and Path(inside).resolve() == folder)
    return _Location(
        name=template,
        url=_remote_of(folder) or str(folder) if is_repository else str(folder),
        clone_from=str(folder),
        folder=folder,
        is_repository=is_repository,
    )


def _remote_of(folder: Path) -> str | None:
    """The address others reach a local template under, so that no path of this machine is recorded."""
    remote = git.attempt("remote", "get-url", "origin", cwd=folder).stdout.strip()
    return canonical(remote) if is_url(remote) and not remote.startswith("file:") else None


def _clone(location: _Location, into: Path) -> Path:
    # Line ends as they are in the repository, whatever the user's git would make of them.
    options = ("--quiet", "--no-checkout", "-c", "core.autocrlf=false", "-c", "core.eol=lf")
    cloned = git.attempt("clone", *options, "--", location.clone_from, str(into), cwd=into.parent)
    if cloned.returncode:
        raise UnreachableTemplateError(location.name, location.clone_from, cloned.stderr.strip())
    return into


def _checkout(location: _Location, clone: Path, wanted: str, commit: str, into: Path) -> Snapshot:
    if not into.exists():
        git.run("worktree", "add", "--quiet", "--detach", str(into), commit, cwd=clone)
        if (into / ".gitmodules").exists():
            git.run("submodule", "--quiet", "update", "--init", "--recursive", cwd=into)
    if not _has_questions(into):
        raise TemplateError(location.name, f"has no copier.yml at {wanted}", "name a Copier template")
    tags = _version_tags(clone)
    return Snapshot(
        root=into,
        name=location.name,
        url=location.url,
        version=wanted if wanted in tags else git.run("describe", "--tags", "--always", cwd=into).strip(),
        commit=commit,
        notes=_notes(location),
    )


def _has_questions(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("copier.yml", "copier.yaml"))


def _notes(location: _Location) -> tuple[str, ...]:
    if location.folder is None or location.url != str(location.folder):
        return ()
    return (
        f"{location.name} has no remote: the answers file records a path of this machine, "
        "where nobody else can update from",
    )


def _version_tags(repository: Path) -> list[str]:
    return _versions_among(git.run("tag", "--list", cwd=repository).split())


def _versions_among(tags: Iterable[str]) -> list[str]:
    """Tags that are versions, oldest first; pre-releases are taken only when named."""
    found = []
    for tag in tags:
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        if not version.is_prerelease:
            found.append((version, tag))
    return [tag for _, tag in sorted(found)]


def _is_newer(tag: str) -> bool:
    with suppress(InvalidVersion):
        return Version(tag) > Version(__version__)
    return False


def _resolve(repository: Path, ref: str) -> str | None:
    for candidate in (f"refs/tags/{ref}", f"refs/remotes/origin/{ref}", ref):
        done = git.attempt("rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}", cwd=repository)
        if done.returncode == 0:
            return done.stdout.strip()
    return None
