"""What the project's installed packages say about themselves."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scaffold.core import files
from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENV = regex(rb"\bconst env\b")
_DEFINITION = regex(r"""\bdefineComponent(?:<[^(]*>)?\(\s*["'`]([^"'`]+)["'`]""")


def package_folder(start: Path, package: str) -> Path | None:
    """Where Node.js finds a package from `start`, or None."""
    for folder in (start, *start.parents):
        candidate = folder / "node_modules" / package
        if (candidate / "package.json").is_file():
            return candidate
    return None


def package_version(start: Path, package: str) -> str | None:
    """The version of an installed package, or None."""
    folder = package_folder(start, package)
    version = _manifest(folder).get("version") if folder else None
    return version if isinstance(version, str) else None


def generates_env(functions: Path) -> bool:
    """Whether the generated code of a functions folder has the typed `env`, as far as there is any."""
    for name in ("server.d.ts", "server.ts"):
        with suppress(OSError):
            return _ENV.search(files.read(functions / "_generated" / name)) is not None
    return True


def declared_version(start: Path, package: str) -> str | None:
    """The lowest version that the nearest package.json asks for, or None."""
    for wanted in _wanted(start):
        version = wanted.get(package)
        match = re.search(r"\d+(?:\.\d+)*", version) if isinstance(version, str) else None
        if match:
            return match[0]
    return None


def declared(start: Path) -> Iterator[str]:
    """The packages that the package.json files from a folder upwards ask for, up to the repository's."""
    for wanted in _wanted(start):
        yield from wanted


def component_name(start: Path, specifier: str) -> str | None:
    """The name that the component package `specifier` gives itself, or None if it is not installed.

    A specifier may name a folder inside of a package, as packages with several components do.
    """
    depth = 2 if specifier.startswith("@") else 1
    parts = specifier.split("/")
    folder = package_folder(start, "/".join(parts[:depth]))
    if folder is None:
        return None
    for path in _config_files(folder, "/".join(parts[depth:])):
        match = _DEFINITION.search(path.read_text("utf-8", "replace")) if path.is_file() else None
        if match:
            return match[1]
    return None


def _config_files(folder: Path, inside: str) -> Iterator[Path]:
    """Where a component's definition may be, as its package says and as packages do."""
    exports = _manifest(folder).get("exports")
    prefix = f"./{inside}/" if inside else "./"
    if isinstance(exports, dict):
        for suffix in ("convex.config", "convex.config.js", "convex.config.ts"):
            yield from (folder / target for target in _targets(exports.get(prefix + suffix)))
    for base in ("", "dist/component", "src/component", "dist/esm/component", "dist"):
        for suffix in ("js", "ts"):
            yield folder / base / inside / f"convex.config.{suffix}"


def _targets(export: Any) -> Iterator[str]:
    """The files behind an entry of `exports`, whatever its conditions are."""
    if isinstance(export, str):
        if not export.endswith((".d.ts", ".d.mts", ".d.cts")):
            yield export
    elif isinstance(export, dict):
        for value in export.values():
            yield from _targets(value)
    elif isinstance(export, list):
        for value in export:
            yield from _targets(value)


def _wanted(start: Path) -> Iterator[dict[str, Any]]:
    """What the package.json files from a folder upwards ask for, up to the repository's."""
    for folder in (start, *start.parents):
        manifest = _manifest(folder)
        for key in ("dependencies", "devDependencies", "peerDependencies"):
            wanted = manifest.get(key)
            if isinstance(wanted, dict):
                yield wanted
        if (folder / ".git").exists():
            return


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(files.read(folder / "package.json"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
