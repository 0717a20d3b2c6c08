"""The typed functions of the Python tests after an update, written from the merged code as `stubs` would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.git import trees
from scaffold.lifecycle.stubs.api_file import PATH, is_ours
from scaffold.model.files import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.update.project import Project

_SETTINGS = ("convex.json", "package.json", "pyproject.toml", "ruff.toml", ".ruff.toml")


def refresh(
    store: Store, project: Project, tree: Tree, unmerged: Iterable[str]
) -> tuple[Tree, tuple[str, ...]]:
    """The tree with `api.py` brought level, where it is ours and the code has changed; and a remark."""
    entry = tree.get(PATH)
    if (
        entry is None
        or entry.mode == trees.SYMLINK
        or not is_ours(store.content(entry.oid).decode("utf-8", "replace"))
    ):
        return tree, ()
    before = project.repository.tree
    sources = {path: each for path, each in tree.items() if path.endswith(SOURCES)}
    if before.get(PATH) == entry and sources == {p: e for p, e in before.items() if p.endswith(SOURCES)}:
        return tree, ()
    if any(path in sources for path in unmerged):
        return tree, (f"{PATH} waits for the conflicts: then run convex-scaffold stubs",)
    folder = store.folder / "typed-api"
    store.check_out({**sources, **{path: tree[path] for path in _SETTINGS if path in tree}}, folder)
    text = _written(folder)
    if text is None:
        return tree, (f"{PATH} is left as it is: convex-scaffold stubs brings it level",)
    return {**tree, PATH: trees.Entry(entry.mode, store.add(text.encode()))}, ()


def _written(folder: Path) -> str | None:
    """The text for the only project of a folder."""
    from scaffold.lifecycle.stubs.api import api_module  # noqa: PLC0415 - most updates need no model
    from scaffold.lifecycle.stubs.settings import width  # noqa: PLC0415
    from scaffold.model.load import load  # noqa: PLC0415

    projects = load(folder).projects
    return api_module(projects[0], width=width(folder)) if len(projects) == 1 else None
