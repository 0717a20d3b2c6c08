"""What an update will do to each file; computed whole before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core.git import trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.git.trees import Entry, Store, Tree
    from scaffold.lifecycle.update.merge import Outcome, Sides
    from scaffold.lifecycle.update.migrate import Ran
    from scaffold.lifecycle.update.project import Project
    from scaffold.templates.notes import Note

Kind = Literal["added", "changed", "merged", "conflict", "removed", "renamed", "kept"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of one file. `note` says why, where that is not plain; `before` is its old name."""

    kind: Kind
    path: str
    note: str = ""
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Why files differ that the merge alone does not explain.

    `notes` by path; `moves` are the new names of files that were moved, however much they changed.
    """

    notes: Mapping[str, str]
    moves: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class IgnoredFile:
    """A file that git ignores: its content now and then; None where it is not there."""

    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An update, worked out to the last byte. Paths are those below the project."""

    project: Project
    old: str
    new: str
    template: str
    before: Tree
    after: Tree
    unmerged: Mapping[str, Mapping[int, Entry]]
    ignored: Mapping[str, IgnoredFile]
    changes: tuple[Change, ...]
    notes: tuple[Note, ...]
    migrations: tuple[Ran, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The files that somebody has to resolve."""
        return tuple(change for change in self.changes if change.kind == "conflict")

    @property
    def touched(self) -> list[str]:
        """Every tracked path that is written, removed or left unmerged."""
        paths = {path for path in {*self.before, *self.after} if self._differs(path)}
        return sorted(paths | set(self.unmerged))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.touched and not self.ignored

    def _differs(self, path: str) -> bool:
        return self.before.get(path) != self.after.get(path)


def changes(store: Store, sides: Sides, outcome: Outcome, after: Tree, why: Reasons) -> tuple[Change, ...]:
    """Every file that changes or would have, by path."""
    renamed = renames(store, sides.ours, after)
    for before, name in why.moves.items():
        if before in sides.ours and before not in after and name in after and name not in sides.ours:
            renamed[name] = before
    gone = set(renamed.values())
    found = []
    for path in sorted({*sides.ours, *after, *outcome.unmerged, *outcome.kept}):
        note = why.notes.get(path, "") or outcome.kept.get(path, "")
        if path in outcome.unmerged:
            found.append(Change(kind="conflict", path=path, note=_conflict(store, outcome.unmerged[path])))
        elif sides.ours.get(path) == after.get(path):
            if path in outcome.kept:
                found.append(Change(kind="kept", path=path, note=note))
        elif path in renamed:
            found.append(_renamed(path, renamed[path], sides, after, note))
        elif path not in gone:
            found.append(Change(kind=_kind(path, sides, after), path=path, note=note))
    return tuple(found)


def _kind(path: str, sides: Sides, after: Tree) -> Kind:
    if path not in sides.ours:
        return "added"
    if path not in after:
        return "removed"
    return "changed" if sides.ours[path] == sides.old.get(path) else "merged"


def _renamed(path: str, before: str, sides: Sides, after: Tree, note: str) -> Change:
    edited = sides.ours[before] != sides.old.get(before)
    carried = "with your changes" if edited and after[path] != sides.new.get(path) else ""
    return Change(kind="renamed", path=path, before=before, note=note or carried)


def renames(store: Store, before: Tree, after: Tree) -> dict[str, str]:
    """The old name of each file that has a new one."""
    if before.keys() <= after.keys() or after.keys() <= before.keys():
        return {}
    pair = (store.write(before), store.write(after))
    output = store.run("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", *pair)
    words = output.split("\0")
    return {new: old for _, old, new in zip(words[::3], words[1::3], words[2::3], strict=False)}


def _conflict(store: Store, stages: Mapping[int, Entry]) -> str:
    """What kind of conflict it is, in words."""
    if set(stages) == {1, 2}:
        return "you changed it; the template removes it"
    if set(stages) == {2, 3}:
        return "you and the template both added it"
    if set(stages) != {1, 2, 3}:
        return "renamed or moved by both sides"
    if len({stages[side].mode for side in (1, 2, 3)} & {trees.SYMLINK, trees.SUBMODULE}):
        return "one side made it another kind of file"
    binary = any(b"\0" in store.content(stages[side].oid)[:8000] for side in (2, 3))
    return "a binary file that both sides changed; yours is in place" if binary else "both sides changed it"


def diff(plan: Plan, store: Store) -> str:
    """The plan as `git diff` shows it, without the files that git ignores."""
    pair = (store.write(plan.before), store.write(plan.after))
    return store.run("diff", "-M", "--no-color", "--no-ext-diff", "--no-textconv", *pair)
