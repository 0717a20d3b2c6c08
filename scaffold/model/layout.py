"""Where a project keeps its functions, and what its `convex.json` says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scaffold.core.errors import NotAProjectError, ProjectsBelowError, UnreadableConfigError

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class CodegenSettings:
    """The `codegen` part of convex.json, with Convex's defaults."""

    file_type: str = "js/dts"
    static_api: bool = False
    static_data_model: bool = False
    legacy_component_api: bool = False
    commonjs: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A project on disk: `root` holds package.json and convex.json, `functions` the backend."""

    root: Path
    functions: Path
    codegen: CodegenSettings

    @property
    def generated(self) -> Path:
        """The folder of generated code."""
        return self.functions / "_generated"

    def show(self, path: Path) -> str:
        """A path as messages name it: from the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def find(start: Path) -> Layout:
    """The project that `start` is, or lies in.

    Raises:
        NotAProjectError: neither `start` nor a folder above it holds a functions folder; ProjectsBelowError
            where those further down do.
        UnreadableConfigError: its convex.json is broken.
    """
    for folder in (start, *start.parents):
        if (folder / "convex.json").is_file() or (folder / "convex").is_dir():
            layout = read(folder)
            if layout.functions.is_dir():
                return layout
        if (folder / ".git").exists():
            break
    if below := _below(start):
        raise ProjectsBelowError(start, below)
    looked_for = "there is neither a convex/ folder nor a convex.json that names one"
    raise NotAProjectError(start, looked_for)


def _below(folder: Path) -> list[str]:
    """The projects of a repository of several packages, as paths from its top."""
    found = {
        path.parent.relative_to(folder)
        for pattern in ("*/convex", "*/*/convex", "*/convex.json", "*/*/convex.json")
        for path in folder.glob(pattern)
    }
    return sorted(path.as_posix() for path in found if _is_package(folder, path))


def _is_package(top: Path, path: Path) -> bool:
    """Whether a folder is a project, and nobody else's."""
    if any(part == "node_modules" or part.startswith(".") for part in path.parts):
        return False
    try:
        return read(top / path).functions.is_dir()
    except UnreadableConfigError:
        return True


def read(root: Path) -> Layout:
    """The layout of the project at `root`.

    Raises:
        UnreadableConfigError: convex.json is no JSON object, or a setting has the wrong type.
    """
    path = root / "convex.json"
    settings = _load(path) if path.is_file() else {}
    folder = _typed(settings, "functions", str, default="convex/", path=path)
    codegen = _typed(settings, "codegen", dict, default={}, path=path)
    return Layout(
        root=root,
        functions=root / Path(folder),
        codegen=CodegenSettings(
            file_type=_typed(codegen, "fileType", str, default="js/dts", path=path),
            static_api=_flag(codegen, "staticApi", path),
            static_data_model=_flag(codegen, "staticDataModel", path),
            legacy_component_api=_flag(codegen, "legacyComponentApi", path),
            commonjs=_flag(settings, "generateCommonJSApi", path),
        ),
    )


def _load(path: Path) -> dict[str, Any]:
    hint = f"mend {path.name}; its schema is node_modules/convex/schemas/convex.schema.json"
    try:
        settings = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UnreadableConfigError(f"{path}:{error.lineno}", f"is no JSON: {error.msg}", hint) from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableConfigError(str(path), str(error), hint) from error
    if not isinstance(settings, dict):
        raise UnreadableConfigError(str(path), "is no JSON object", hint)
    return settings


def _flag(settings: dict[str, Any], key: str, path: Path) -> bool:
    return _typed(settings, key, bool, default=False, path=path)


def _typed(settings: dict[str, Any], key: str, kind: type[_T], *, default: _T, path: Path) -> _T:
    value = settings.get(key, default)
    if not isinstance(value, kind):
        hint = f"give {key} a {kind.__name__}, or leave it out"
        raise UnreadableConfigError(str(path), f"{key} is {json.dumps(value)}", hint)
    return value
