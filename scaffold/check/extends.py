"""Configurations that others are laid over: a path, a git URL with a ref, an installed Python package."""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scaffold.core import spec, toml
from scaffold.core.errors import ConfigurationError, ToolFailedError, UnreachableConfigError
from scaffold.core.patterns import regex
from scaffold.core.settings import FILE, SETTINGS
from scaffold.core.spec import ListOf, Table

if TYPE_CHECKING:
    from scaffold.core.toml import Document

_GIT = regex(r"git\+(?P<url>(?:https?|ssh|git|file)://[^#/]*/[^#]+?)@(?P<ref>[\w][\w./-]*)(?:#(?P<file>.+))?")
_PACKAGE = regex(r"package:(?P<name>[A-Za-z_][\w.]*)(?:/(?P<file>.+))?")
_FORMS = (
    'write a path ("../team.toml"), "git+https://host/team/standards@v1.2.0", or "package:acme_standards"'
)


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a chain: what it says, and where it stands."""

    document: Document
    folder: Path
    values: dict[str, Any]


class Cache(msgspec.Struct, frozen=True, kw_only=True):
    """Where fetched configurations are kept; `fresh` fetches them anew."""

    folder: Path
    fresh: bool = False


def layers(path: Path, cache: Cache) -> list[Layer]:
    """The file at `path` and all it extends, those that are laid under first.

    Raises:
        ConfigurationError: a file is wrong, missing, or extends itself.
        UnreachableConfigError: git cannot fetch one, and it was not fetched before.
    """
    return _layers(path.resolve(), _name(path), cache, ())


def merged(found: list[Layer]) -> dict[str, Any]:
    """What the layers say together."""
    values: dict[str, Any] = {}
    for layer in found:
        values = lay_over(values, layer.values, SETTINGS)
    return values


def lay_over(under: dict[str, Any], over: dict[str, Any], table: Table) -> dict[str, Any]:
    """Tables come together key by key, lists that add are joined, everything else is replaced."""
    result = dict(under)
    for name, value in over.items():
        key = table.key(name)
        if name not in under:
            result[name] = value
        elif isinstance(key.shape, Table):
            result[name] = lay_over(under[name], value, key.shape)
        elif isinstance(value, dict):
            result[name] = _by_key(under[name], value)
        elif key.adds and isinstance(key.shape, ListOf):
            result[name] = [*under[name], *value]
        else:
            result[name] = value
    return result


def _by_key(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: {**under[name], **value}
        for name, value in over.items()
        if isinstance(value, dict) and name in under
    }
    return {**under, **over, **both}


def _layers(path: Path, name: str, cache: Cache, chain: tuple[tuple[Path, str], ...]) -> list[Layer]:
    document = toml.read(path, name)
    layer = Layer(document=document, folder=path.parent, values=spec.read(document, SETTINGS))
    found: list[Layer] = []
    here = (*chain, (path, name))
    for position, reference in enumerate(layer.values.get("extends", [])):
        place = document.place(("extends", position))
        target = _target(reference, place, path.parent, cache)
        circle = [title for known, title in here if known == target]
        if circle:
            way = " → ".join([title for _, title in here] + circle)
            raise ConfigurationError(place, f"extends goes in a circle: {way}", "take one of them out")
        is_path = ":" not in reference
        found += _layers(target, _name(target) if is_path else reference, cache, here)
    return [*found, layer]


def _name(path: Path) -> str:
    """A file as messages call it: from the current folder, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _target(reference: str, place: str, folder: Path, cache: Cache) -> Path:
    """The file that a reference means."""
    if reference.startswith("package:"):
        target = _in_package(reference, place)
    elif "://" in reference or reference.startswith("git+"):
        target = _in_repository(reference, place, cache)
    else:
        target = folder / os.path.expanduser(reference)  # noqa: PTH111 - leaves a home that nobody has
        target = target / FILE if os.path.isdir(target) else target  # noqa: PTH112 - a name may be too long
    if not os.path.isfile(target):  # noqa: PTH113
        raise ConfigurationError(place, f"extends {reference!r}: there is no file {target}", _FORMS)
    return target.resolve()


def _in_package(reference: str, place: str) -> Path:
    match = _PACKAGE.fullmatch(reference)
    if match is None:
        raise ConfigurationError(place, f"extends {reference!r} names no package", _FORMS)
    try:
        found = find_spec(match["name"])
    except (ImportError, ValueError):
        found = None
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            place,
            f"extends {reference!r}: no package {match['name']} is installed beside convex-scaffold",
            f"install the distribution that holds it with pip, in the environment of {_python()}",
        )
    return Path(next(iter(found.submodule_search_locations))) / (match["file"] or FILE)


def _python() -> str:
    import sys  # noqa: PLC0415 - only an error names it

    return sys.executable


def _in_repository(reference: str, place: str, cache: Cache) -> Path:
    match = _GIT.fullmatch(reference)
    if match is None:
        what = (
            "names no tag or commit" if reference.startswith("git+") else "is no git URL as pip writes them"
        )
        raise ConfigurationError(place, f"extends {reference!r} {what}", _FORMS)
    url, ref = match["url"], match["ref"]
    key = hashlib.sha256(f"{url}@{ref}".encode()).hexdigest()[:20]
    target = cache.folder / "extends" / key
    if cache.fresh or not target.is_dir():
        _fetch(url, ref, target, f"{place}: extends {reference!r}")
    return target / (match["file"] or FILE)


def _fetch(url: str, ref: str, target: Path, what: str) -> None:
    """Fetch a repository at `ref` beside its place, then move it there: parallel runs see all or nothing."""
    import shutil  # noqa: PLC0415 - few configurations are fetched

    from scaffold.core import git, temporary  # noqa: PLC0415

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.folder(target.parent, prefix=f".{target.name}.") as folder:
            tree = folder / "tree"
            tree.mkdir()
            git.fetch_tree(url, ref, tree)
            shutil.rmtree(tree / ".git")
            if target.is_dir():
                target.rename(folder / "old")
            tree.rename(target)
    except ToolFailedError as error:
        if not target.is_dir():
            raise UnreachableConfigError(what, url, error.detail) from error
    except OSError as error:
        if not target.is_dir():  # another run was quicker, or the folder cannot be written
            raise UnreachableConfigError(what, url, str(error)) from error
