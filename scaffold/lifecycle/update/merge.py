"""Which of three trees' files are merged, and what is left alone; the merge itself is git's."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core.git import merging, trees
from scaffold.core.git.trees import Entry
from scaffold.lifecycle import package_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scaffold.core.git.trees import Store, Tree
    from scaffold.templates.manifest import Manifest

# Their managers write them anew from package.json; one with conflict markers in it helps nobody.
LOCKFILES = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")

_MANIFEST = "package.json"
REMOVED_BY_YOU = "you removed it; the template has changed it since"


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The project's files, and those of the template before and after."""

    ours: Tree
    old: Tree
    new: Tree

    def moved(self, moves: Mapping[str, str]) -> Sides:
        """With the names that files have in the new version, where the template moved them.

        Git sees a move by likeness, and over many versions there may be little of that left.
        """
        ours, old = dict(self.ours), dict(self.old)
        blocked = trees.obstacles(ours, moves.values())
        for before, after in moves.items():
            if after in blocked:
                continue
            if before in old and after in self.new and before not in self.new and after not in old:
                old[after] = old.pop(before)
                if before in ours and after not in ours:
                    ours[after] = ours.pop(before)
        return Sides(ours=ours, old=old, new=self.new)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What decides over single files besides the merge.

    `recreated` tells whether the template writes a path only where nothing is; `restored` names managed files
    that get the template's text back; `only` limits the update to paths, and is empty where it does not.
    """

    manifest: Manifest
    answers_file: str
    labels: tuple[str, str]
    skipped: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    is_chosen: Callable[[str], bool] = field(default=lambda _: True)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The merged files, the stages of those in conflict, and why others stay as they are."""

    tree: Tree
    unmerged: dict[str, dict[int, Entry]]
    kept: dict[str, str]


def merge(store: Store, sides: Sides, policy: Policy) -> Outcome:
    """Merge the template's change into the project."""
    ours, old, new = dict(sides.ours), dict(sides.old), dict(sides.new)
    kept = _withdraw(Sides(ours=ours, old=old, new=new), policy)
    for path in (policy.answers_file, *policy.restored):
        _take(ours, path, old.get(path))
    merged = merging.merge(store, old, ours, new, labels=policy.labels)
    tree, unmerged = dict(merged.tree), dict(merged.unmerged)
    for path, stages in list(unmerged.items()):
        joined = _by_key(store, path, stages)
        if joined is not None:
            del unmerged[path]
            tree[path] = joined
            continue
        reason = _settled(path, stages)
        if reason:
            del unmerged[path]
            _take(tree, path, sides.ours.get(path))
            kept[path] = reason
    for path in {*sides.ours, *tree, *kept} - {policy.answers_file}:
        if not policy.is_chosen(path):
            _take(tree, path, sides.ours.get(path))
            unmerged.pop(path, None)
            kept.pop(path, None)
    return Outcome(tree=tree, unmerged=unmerged, kept=kept)


def _withdraw(sides: Sides, policy: Policy) -> dict[str, str]:
    """Take out of both versions of the template what the update must not touch."""
    manifest, kept = policy.manifest, {}
    seeded_before = {manifest.seed_of(path) for path in sides.old} - {None}
    for path in {*sides.old, *sides.new}:
        kind = manifest.class_of(path)
        seeded = manifest.seed_of(path) in seeded_before if kind == "seeded" else False
        known = path in sides.ours or path in sides.old
        if seeded or (kind in {"seeded", "generated"} and known):
            if kind == "seeded" and sides.old.get(path) != sides.new.get(path):
                kept[path] = "the project's own since it was written; the template's has changed"
        elif path in policy.skipped and path in sides.ours:
            kept[path] = "the template writes it only where it is missing"
        elif path in policy.skipped and path in sides.new:
            sides.old.pop(path, None)  # missing, so it comes again
            continue
        else:
            continue
        for tree in (sides.old, sides.new):
            _take(tree, path, sides.ours.get(path))
    return {path: reason for path, reason in kept.items() if path in sides.ours}


def _by_key(store: Store, path: str, stages: Mapping[int, Entry]) -> Entry | None:
    """A package.json whose lines clash and whose keys do not."""
    if os.path.basename(path) != _MANIFEST or set(stages) != {1, 2, 3}:  # noqa: PTH119 - as below
        return None
    text = package_json.merge(*(store.content(stages[side].oid) for side in (1, 2, 3)))
    return Entry(stages[2].mode, store.add(text)) if text is not None else None


def _settled(path: str, stages: Iterable[int]) -> str:
    """Why a conflict is none for the user: what stands in the project stays."""
    if set(stages) == {1, 3}:
        return REMOVED_BY_YOU
    if os.path.basename(path) in LOCKFILES:  # noqa: PTH119 - a path in a tree, not on disk
        return "both sides changed it; install the packages, and their manager brings it level"
    return ""


def _take(tree: Tree, path: str, entry: Entry | None) -> None:
    if entry is None:
        tree.pop(path, None)
    else:
        tree[path] = entry
