"""An update of a project that follows a part of its template: what comes, and what is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import config
from scaffold.core.git.trees import Entry
from scaffold.core.text import listing
from scaffold.lifecycle import needs
from scaffold.lifecycle.groups import Adopted
from scaffold.lifecycle.update import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.core.config import TemplateConfig
    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.update.merge import Sides


@dataclass(frozen=True, kw_only=True)
class Followed:
    """The paths that an update may touch: what was adopted, and new files that come along with that."""

    adopted: Adopted
    along: frozenset[str]

    def __contains__(self, path: str) -> bool:
        return path in self.adopted or path in self.along

    def record(self, store: Store, after: Tree) -> None:
        """Say in scaffold.toml that what came along is followed from now on."""
        words, entry = self.adopted.words, after.get(config.FILE)
        if not self.along or words is None or entry is None:
            return
        text = store.content(entry.oid).decode("utf-8-sig", "replace")
        changed = config.with_adopted(text, (*words, *sorted(self.along)))
        after[config.FILE] = Entry(entry.mode, store.add(changed.encode()))

    def remarks(self, sides: Sides, answers_file: str) -> Iterator[str]:
        """What came along, and how many changes of the template concern what was not adopted."""
        if self.along:
            yield f"comes along with what you adopted: {listing(sorted(self.along))}"
        left = [
            path
            for path in {*sides.old, *sides.new} - {answers_file}
            if path not in self and sides.old.get(path) != sides.new.get(path)
        ]
        if left:
            files = "1 file" if len(left) == 1 else f"{len(left)} files"
            yield f"the template changes {files} that you did not adopt: convex-scaffold adopt --only GROUP"


def of(
    store: Store, settings: TemplateConfig, sides: Sides, moves: Mapping[str, str], *, everything: bool
) -> Followed:
    """What of the new files comes along, or `everything`.

    New names of what was adopted, and what that needs to be of use.
    """
    adopted = Adopted.by(settings)
    strange = frozenset(path for path in sides.new if _is_new(path, sides) and path not in adopted)
    if not strange or everything:
        return Followed(adopted=adopted, along=strange)
    renames = plan.renames(store, sides.old, sides.new) | {after: before for before, after in moves.items()}
    moved = {path for path, before in renames.items() if before in adopted}
    changed = [path for path in sides.new if path in adopted and sides.new[path] != sides.old.get(path)]
    contents = store.contents([entry.oid for entry in sides.new.values()])
    files = {
        path: (None if path in strange else b"", contents[entry.oid]) for path, entry in sides.new.items()
    }
    needed = needs.closure(files, {*changed, *moved})
    return Followed(adopted=adopted, along=strange & {*moved, *needed})


def _is_new(path: str, sides: Sides) -> bool:
    return path not in sides.old and path not in sides.ours
