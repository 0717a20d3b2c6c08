"""Files that the template renders and git ignores: no tree holds them, so they are merged one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.git import merging
from scaffold.lifecycle.update.plan import Change, IgnoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.core.git.trees import Store

Plans = dict[str, IgnoredFile]

_NOTE = "git ignores it"


def plan_ignored(
    store: Store,
    root: Path,
    old: Mapping[str, bytes],
    new: Mapping[str, bytes],
    leaves_alone: Callable[[str], bool],
) -> tuple[Plans, tuple[Change, ...]]:
    """What becomes of them, and how that reads. What the project's owner wrote is never overwritten."""
    plans: Plans = {}
    changes = []
    for path in sorted({*old, *new}):
        change, after = _decide(store, root / path, old.get(path), new.get(path))
        if change is None or (leaves_alone(path) and (root / path).exists()):
            continue
        changes.append(Change(kind=change.kind, path=path, note=change.note or _NOTE))
        if change.kind != "kept":
            plans[path] = IgnoredFile(before=read_ignored(root / path), after=after)
    return plans, tuple(changes)


def _decide(
    store: Store, path: Path, old: bytes | None, new: bytes | None
) -> tuple[Change | None, bytes | None]:
    """The change (its path is filled in by the caller) and the content after it."""
    here = read_ignored(path)
    if new in {old, here}:
        return None, None
    if here is None:
        if old is None and not path.exists():
            return Change(kind="added", path=""), new
        return Change(
            kind="kept", path="", note=f"{_NOTE}; you removed it, the template has changed it"
        ), None
    if here == old:
        return Change(kind="changed" if new is not None else "removed", path=""), new
    if new is None:
        return Change(kind="kept", path="", note=f"{_NOTE}; yours, the template no longer has it"), None
    merged = merging.merge_file(store, old or b"", here, new)
    if merged is None:
        note = f"{_NOTE}; you and the template changed the same lines, and yours stay"
        return Change(kind="kept", path="", note=note), None
    return Change(kind="merged", path=""), merged


def read_ignored(path: Path) -> bytes | None:
    """What such a file holds; None where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None
