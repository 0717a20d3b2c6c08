"""Import specifiers to files: paths, `.js` for `.ts`, aliases of tsconfig, `#imports`, own packages."""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_SUFFIXES = (
    "",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    "/index.ts",
    "/index.tsx",
    "/index.js",
)
# Packages that the model knows by their names, in their own repositories too.
_BY_NAME = regex(r"convex(?:-helpers)?$|@convex-dev/")
_BUILT = regex(r"^(?:\./)?(?:dist|build|lib|out|\.output)/(?:(?:esm|cjs|es|src|types)/)?")
_WRITTEN = regex(r"\.(m|c)?jsx?$")
_EXTENDED = 8  # configurations, one of the other
_COMMENTS = regex(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = regex(r",(\s*[}\]])")


class Locator:
    """Finds files of one workspace. `files` are all paths from its root."""

    def __init__(self, root: Path, files: Collection[str]) -> None:
        self._root = root
        self._files = files
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[tuple[str, str], str | None] = {}

    def find(self, path: str, specifier: str) -> str | None:
        """The file that a specifier in the file `path` names, or None: a package, or not there."""
        key = (path.rpartition("/")[0], specifier)
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def _find(self, folder: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._file(posixpath.normpath(posixpath.join(folder, specifier)))
        for candidate in self._aliased(folder, specifier):
            found = self._file(candidate)
            if found is not None:
                return found
        return self._packaged(specifier)

    def _packaged(self, specifier: str) -> str | None:
        """The file behind a package that the workspace holds itself: `@acme/shared`, `@acme/shared/dates`."""
        depth = 2 if specifier.startswith("@") else 1
        parts = specifier.split("/")
        name = "/".join(parts[:depth])
        folder = self._packages.get(name) if not _BY_NAME.match(name) else None
        if folder is None:
            return None
        inside = "/".join(parts[depth:])
        manifest = _read(self._root / folder / "package.json")
        targets = list(_entries(manifest, inside))
        for target in (*targets, *_sources(targets)):
            found = self._file(posixpath.normpath(posixpath.join(folder, target)))
            if found is not None:
                return found
        return None

    @cached_property
    def _packages(self) -> dict[str, str]:
        """The folders of packages below the root, by name; those that two folders claim are left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._files:
            if path.endswith("/package.json"):
                name = _read(self._root / path).get("name")
                if isinstance(name, str):
                    found[name].append(posixpath.dirname(path))
        return {name: folders[0] for name, folders in found.items() if len(folders) == 1}

    def _file(self, base: str) -> str | None:
        if base.startswith(".."):
            return None
        for candidate in _candidates(base):
            if candidate in self._files:
                return candidate
        return None

    def _aliased(self, folder: str, specifier: str) -> Iterator[str]:
        while True:
            for pattern, target in self._of_folder(folder):
                before, star, after = pattern.partition("*")
                if not star and specifier == pattern:
                    yield target
                elif star and specifier.startswith(before) and specifier.endswith(after):
                    middle = specifier[len(before) : len(specifier) - len(after)]
                    yield target.replace("*", middle)
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def _of_folder(self, folder: str) -> list[tuple[str, str]]:
        if folder not in self._aliases:
            self._aliases[folder] = [*self._tsconfig(folder), *self._package(folder)]
        return self._aliases[folder]

    def _tsconfig(self, folder: str) -> Iterator[tuple[str, str]]:
        for name in ("tsconfig.json", "jsconfig.json"):
            yield from self._configured(posixpath.join(folder, name))

    def _configured(self, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        """The aliases of a configuration of TypeScript, or else of those that it extends."""
        if path not in self._files or depth > _EXTENDED:
            return
        folder = posixpath.dirname(path)
        config = _read(self._root / path)
        options = config.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        if "paths" in options or "baseUrl" in options:
            yield from _paths(folder, options)
        else:
            extended = config.get("extends")
            for each in reversed(extended if isinstance(extended, list) else [extended]):
                if isinstance(each, str) and each.startswith("."):
                    other = posixpath.normpath(posixpath.join(folder, each))
                    yield from self._configured(
                        other if other.endswith(".json") else f"{other}.json", depth + 1
                    )

    def _package(self, folder: str) -> Iterator[tuple[str, str]]:
        path = posixpath.join(folder, "package.json")
        imports = _read(self._root / path).get("imports") if path in self._files else None
        for pattern, target in (imports if isinstance(imports, dict) else {}).items():
            while isinstance(target, dict):
                target = next(iter(target.values()), None)  # noqa: PLW2901 - down the conditions
            if isinstance(target, str):
                yield pattern, posixpath.normpath(posixpath.join(folder, target))


def _paths(folder: str, options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The aliases that options of TypeScript declare."""
    base = posixpath.join(folder, str(options.get("baseUrl", ".")))
    paths = options.get("paths")
    for pattern, targets in (paths if isinstance(paths, dict) else {}).items():
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield pattern, posixpath.normpath(posixpath.join(base, target))
    if "baseUrl" in options:
        yield "*", posixpath.normpath(posixpath.join(base, "*"))


def _candidates(base: str) -> Iterator[str]:
    written = _WRITTEN.search(base)
    if written:
        stem = base[: written.start()]
        yield from (stem + suffix for suffix in (".ts", ".tsx", ".mts", ".cts"))
    yield from (base + suffix for suffix in _SUFFIXES)


def _entries(manifest: dict[str, Any], inside: str) -> Iterator[str]:
    """The files that a package.json may mean: what it exports, its main file, or the usual places."""
    exports = manifest.get("exports")
    key = f"./{inside}" if inside else "."
    if isinstance(exports, dict):
        yield from _targets(exports.get(key, exports if not inside else None))
        yield from _of_patterns(exports, key)
    elif not inside:
        yield from _targets(exports)
    if inside:
        yield from (inside, f"src/{inside}")
        return
    yield from (value for value in map(manifest.get, ("source", "module", "main")) if isinstance(value, str))
    yield from ("src/index", "index")


def _of_patterns(exports: dict[str, Any], key: str) -> Iterator[str]:
    """The files behind an entry with a star, `"./*": "./src/*.ts"`, the longest one first."""
    for pattern in sorted(exports, key=lambda each: -len(each)):
        before, star, after = pattern.partition("*")
        if star and key.startswith(before) and key.endswith(after) and len(key) >= len(before) + len(after):
            middle = key[len(before) : len(key) - len(after)]
            yield from (target.replace("*", middle) for target in _targets(exports[pattern]))


def _sources(targets: Iterable[str]) -> Iterator[str]:
    """Where what a package builds is written, as far as folders tell: `src/dates.ts` of `dist/dates.mjs`."""
    for target in targets:
        if _BUILT.match(target):
            stem = _WRITTEN.sub("", _BUILT.sub("", target).removesuffix(".map"))
            yield from (f"src/{stem}", stem)


def _targets(export: Any) -> Iterator[str]:
    """The files behind an entry of `exports`, whatever its conditions are."""
    if isinstance(export, str):
        yield export
    elif isinstance(export, dict):
        for condition, value in export.items():
            if not condition.startswith("."):
                yield from _targets(value)


def _read(path: Path) -> dict[str, Any]:
    """A JSON file with comments and trailing commas, as TypeScript takes it; {} when it cannot be read."""
    try:
        text = path.read_text("utf-8-sig", "replace")
        plain = _COMMENTS.sub(lambda match: match[0] if match[0].startswith('"') else "", text)
        value = json.loads(_TRAILING.sub(r"\1", plain))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
