"""From what the user named, our template or another one, to a folder that holds one version of it."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from scaffold.core import git
from scaffold.core.errors import TemplateError, UnknownVersionError, UnreachableTemplateError
from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import history

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_HOSTS = tuple(_SHORT.values())


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One version of a template on disk.

    `name` is what messages call it; `url` and `version` are what the answers file records. A template
    that is a plain folder has no version, and projects made from it cannot be updated.
    """

    root: Path
    name: str
    url: str
    version: str | None
    notes: tuple[str, ...] = ()


@contextmanager
def open_template(template: str | None, ref: str | None) -> Iterator[Snapshot]:
    """The version `ref`, or else the newest, of a template; of our own where none is named.

    Raises:
        TemplateError: there is no such template.
        UnknownVersionError: it has no such version.
        ToolFailedError, ToolMissingError: git could not read it.
    """
    if template is None and ref in {None, history.NEWEST}:
        yield Snapshot(
            root=TEMPLATE_ROOT, name="convex-scaffold", url=history.CANONICAL_URL, version=history.NEWEST
        )
        return
    location = _locate(template)
    if location.folder and not location.is_repository:
        if ref:
            raise UnknownVersionError(location.name, ref, [])
        note = f"{location.name} is not a git repository: projects made from it cannot be updated"
        yield Snapshot(
            root=location.folder, name=location.name, url=location.url, version=None, notes=(note,)
        )
        return
    with tempfile.TemporaryDirectory(prefix="convex-scaffold-template-") as temporary:
        yield _checkout(location, ref, Path(temporary) / "template")


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
    if not _is_url(template):
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
    return canonical(remote) if _is_url(remote) and not remote.startswith("file:") else None


def _is_url(text: str) -> bool:
    return bool(re.match(r"(git\+)?[a-z][a-z0-9+.-]*://|gh:|gl:|[\w.-]+@[\w.-]+:", text))


def canonical(url: str) -> str:
    """The full `https://….git` form of the short ones, which Renovate does not understand."""
    url = url.removeprefix("git+")
    for short, host in _SHORT.items():
        if url.startswith(short):
            url = host + url.removeprefix(short).lstrip("/")
    if url.startswith(_HOSTS) and not url.endswith(".git"):
        url = url.rstrip("/") + ".git"
    return url


def _checkout(location: _Location, ref: str | None, into: Path) -> Snapshot:
    clone = ("clone", "--quiet", "--no-checkout", "--", location.clone_from, str(into))
    cloned = git.attempt(*clone, cwd=into.parent)
    if cloned.returncode:
        raise UnreachableTemplateError(location.name, location.clone_from, cloned.stderr.strip())
    tags = _version_tags(into)
    wanted = ref or (tags[-1] if tags else "HEAD")
    commit = _resolve(into, wanted)
    if commit is None:
        raise UnknownVersionError(location.name, wanted, tags)
    git.run("checkout", "--quiet", "--detach", commit, cwd=into)
    if (into / ".gitmodules").exists():
        git.run("submodule", "--quiet", "update", "--init", "--recursive", cwd=into)
    if not _has_questions(into):
        raise TemplateError(location.name, f"has no copier.yml at {wanted}", "name a Copier template")
    version = git.run("describe", "--tags", "--always", cwd=into).strip()
    return Snapshot(
        root=into,
        name=location.name,
        url=location.url,
        version=wanted if wanted in tags else version,
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
    """Tags that are versions, oldest first; pre-releases are taken only when named."""
    found = []
    for tag in git.run("tag", "--list", cwd=repository).split():
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        if not version.is_prerelease:
            found.append((version, tag))
    return [tag for _, tag in sorted(found)]


def _resolve(repository: Path, ref: str) -> str | None:
    for candidate in (f"refs/tags/{ref}", f"refs/remotes/origin/{ref}", ref):
        done = git.attempt("rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}", cwd=repository)
        if done.returncode == 0:
            return done.stdout.strip()
    return None
