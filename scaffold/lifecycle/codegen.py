"""`convex/_generated`, written without Node.js and without a deployment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import transaction
from scaffold.core.errors import UnsupportedCodegenError
from scaffold.core.package import PACKAGE, TEMPLATE_ROOT
from scaffold.model.app_definition import read_app_definition
from scaffold.model.entry_points import entry_points
from scaffold.model.generated import Constants, component_names, generated_files
from scaffold.model.installed import package_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.model.layout import Layout

_SHIPPED = TEMPLATE_ROOT / "template" / "convex" / "_generated"
_DATA = PACKAGE / "data" / "generated"

# What other settings of `codegen` write, and Convex removes once they are off.
_OTHER_SETTINGS = ("api.ts", "dataModel.ts", "server.ts", "api_cjs.cjs", "api_cjs.d.cts")


@dataclass(frozen=True, kw_only=True)
class CodegenPlan:
    """What the folder should hold: `files` by name, of which `changed` differ, and `stale` ones to remove."""

    root: Path
    folder: Path
    files: dict[str, str]
    changed: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changed and not self.stale


def plan(
    layout: Layout,
    *,
    overlay: Mapping[Path, bytes] | None = None,
    known_names: Mapping[str, str] | None = None,
) -> CodegenPlan:
    """Work out the generated code of a project, and how the folder differs from it.

    `overlay` holds files that are about to be written, by absolute path; `known_names` gives the names of
    components, by package, for those that are not installed yet.

    Raises:
        UnsupportedCodegenError: the project's settings need a deployment's analysis.
        UnreadableConfigError: convex.config.ts cannot be understood without running it.
    """
    _refuse_unsupported(layout)
    more = overlay or {}
    names = {**(known_names or {}), **component_names(_read(layout.generated / "api.d.ts") or "")}
    app = read_app_definition(layout, names, overlay=more)
    if app.components and layout.codegen.legacy_component_api:
        raise UnsupportedCodegenError("codegen.legacyComponentApi", "convex.json")
    wanted = generated_files(
        _constants(),
        modules=entry_points(layout.functions, overlay=more),
        app=app,
        has_schema=any(
            path.is_file() or path in more
            for path in (layout.functions / name for name in ("schema.ts", "schema.js"))
        ),
        commonjs=layout.codegen.commonjs,
    )
    return CodegenPlan(
        root=layout.root,
        folder=layout.generated,
        files=wanted,
        changed=tuple(name for name, text in wanted.items() if _read(layout.generated / name) != text),
        stale=tuple(
            name for name in _OTHER_SETTINGS if name not in wanted and (layout.generated / name).is_file()
        ),
    )


def apply(todo: CodegenPlan) -> None:
    """Write what differs and remove what is stale, all or none.

    Raises:
        BusyError: another run is writing there.
        CannotWriteError: the file system refuses.
    """
    if todo.is_current:
        return
    names = (*todo.changed, *todo.stale)
    paths = {name: os.path.relpath(todo.folder / name, todo.root) for name in names}
    with transaction.locked(todo.root):
        transaction.commit(
            todo.root,
            {paths[name]: _bytes(todo.folder / name) for name in names},
            {paths[name]: todo.files[name].encode() if name in todo.files else None for name in names},
        )


def version_note(layout: Layout) -> str | None:
    """A warning where the project's convex is not the one whose output we write, else None."""
    ours = _convex_of_template()
    theirs = package_version(layout.functions, "convex")
    if theirs is None or _minor(theirs) == _minor(ours):
        return None
    return f"generated as convex {ours} does; this project has convex {theirs}, whose output may differ"


def writes_for(version: str | None) -> bool:
    """Whether convex of this version writes what we write; yes where the version is not known."""
    return version is None or not version[:1].isdigit() or _minor(version) == _minor(_convex_of_template())


def _refuse_unsupported(layout: Layout) -> None:
    settings = layout.codegen
    refused = {
        f'codegen.fileType "{settings.file_type}"': settings.file_type != "js/dts",
        "codegen.staticApi": settings.static_api,
        "codegen.staticDataModel": settings.static_data_model,
    }
    for feature, is_on in refused.items():
        if is_on:
            raise UnsupportedCodegenError(feature, "convex.json")


def _constants() -> Constants:
    shipped = {path.name: _text(path) for path in _SHIPPED.iterdir() if path.is_file()}
    shipped["api_cjs.cjs"] = _text(_DATA / "api_cjs.cjs")
    return Constants(files=shipped, without_schema=_text(_DATA / "dataModel.without-schema.d.ts"))


def _convex_of_template() -> str:
    manifest = json.loads(_text(TEMPLATE_ROOT / "template" / "package.json"))
    return str(manifest["dependencies"]["convex"])


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _read(path: Path) -> str | None:
    """A file exactly as it is, line ends included; None if it is not there or not text."""
    try:
        return _text(path)
    except (OSError, UnicodeDecodeError):
        return None
