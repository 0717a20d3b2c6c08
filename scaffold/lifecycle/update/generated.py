"""Generated code after an update: written from the merged files, as `codegen` would write it there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.core.git import trees
from scaffold.lifecycle import codegen
from scaffold.model import layout
from scaffold.model.generated import component_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.update.project import Project

_SETTINGS = ("convex.json", "package.json")


def refresh(
    store: Store, project: Project, tree: Tree, unmerged: Iterable[str], template: Tree
) -> tuple[Tree, tuple[str, ...]]:
    """The tree with its generated code brought level, and a remark where that cannot be done.

    Components that came with the update are not installed yet: the generated code of `template` names them.
    A project that does not commit generated code, or whose `convex` writes it differently, keeps what it has.
    """
    folder = store.folder / "codegen"
    store.check_out({path: tree[path] for path in _SETTINGS if path in tree}, folder)
    try:
        found = layout.read(folder)
        functions = found.functions.resolve().relative_to(folder.resolve()).as_posix() + "/"
    except (ScaffoldError, ValueError):
        return tree, ()
    generated = f"{functions}_generated/"
    if not any(path.startswith(generated) for path in tree):
        return tree, ()
    if any(path.startswith(f"{functions}convex.config.") for path in unmerged):
        return tree, ("generated code waits for the conflicts: then run convex-scaffold codegen",)
    if not codegen.writes_for(_convex_version(folder)):
        return tree, ("generated code is that of another version of convex: npx convex dev brings it level",)
    store.check_out({path: entry for path, entry in tree.items() if path.startswith(functions)}, folder)
    _link_packages(project, folder)
    try:
        todo = codegen.plan(found, known_names=_names(store, template))
    except ScaffoldError as error:
        return tree, (f"generated code is left as it is: {error.message}",)
    after = dict(tree)
    for name in todo.changed:
        path = generated + name
        mode = tree[path].mode if path in tree else "100644"
        if mode == trees.SYMLINK:  # somebody has it elsewhere
            continue
        after[path] = trees.Entry(mode, store.add(todo.files[name].encode()))
    for name in todo.stale:
        after.pop(generated + name, None)
    return after, ()


def unobstructed(before: Tree, after: Tree) -> tuple[Tree, list[str]]:
    """The tree without the new files that something stands in the way of, and what is said of them."""
    blocked = trees.obstacles(before, after.keys() - before.keys())
    remarks = [f"{path} is not written: {what} stands in the way" for path, what in sorted(blocked.items())]
    return {path: entry for path, entry in after.items() if path not in blocked}, remarks


def _names(store: Store, template: Tree) -> dict[str, str]:
    entry = next((entry for path, entry in template.items() if path.endswith("_generated/api.d.ts")), None)
    return component_names(store.content(entry.oid).decode("utf-8", "replace")) if entry else {}


def _convex_version(folder: Path) -> str | None:
    """The exact version of convex that package.json asks for, as far as it is one."""
    try:
        wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]["convex"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(wanted).lstrip("^~=v ")


def _link_packages(project: Project, folder: Path) -> None:
    """Components are named by their packages, which lie beside the project or above it."""
    for parent in (project.root, *project.root.parents):
        modules = parent / "node_modules"
        if modules.is_dir():
            (folder / "node_modules").symlink_to(modules)
        if modules.is_dir() or parent == project.repository.top:
            return
