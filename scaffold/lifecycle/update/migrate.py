"""Running the codemods of the versions an update passes, on the merged files and not on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core.git import trees
from scaffold.lifecycle.update import ledger
from scaffold.migrations.migration import Unresolved

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from scaffold.core.git.trees import Store, Tree
    from scaffold.migrations.migration import Migration, Result

Outcome = Literal["applied", "skipped", "unresolved"]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How one migration ended: `skipped` found nothing to do, `unresolved` left places to the owner."""

    migration: Migration
    outcome: Outcome
    files: tuple[str, ...]
    unresolved: tuple[Unresolved, ...]


def migrate(
    store: Store, tree: Tree, migrations: Iterable[Migration], unmerged: Container[str]
) -> tuple[Tree, tuple[Ran, ...]]:
    """The tree after the migrations and with their ledger, and how each ended.

    Files in conflict are not edited; what would have been is unresolved.
    """
    tree, ran = dict(tree), []
    for migration in migrations:
        result = migration.run(_texts(store, tree, migration.suffixes))
        blocked = [path for path in result.edits if path in unmerged]
        done = {path: text for path, text in result.edits.items() if path not in unmerged}
        for path, text in done.items():
            tree[path] = trees.Entry(tree[path].mode, store.add(text.encode()))
        ran.append(_ran(migration, result, tuple(done), blocked))
    if any(one.outcome != "skipped" for one in ran):
        before = (
            store.content(tree[ledger.FILE].oid).decode("utf-8", "replace")
            if ledger.FILE in tree
            else ledger.HEAD
        )
        mode = tree[ledger.FILE].mode if ledger.FILE in tree else "100644"
        tree[ledger.FILE] = trees.Entry(mode, store.add((before + "".join(map(ledger.entry, ran))).encode()))
    return tree, tuple(ran)


def _texts(store: Store, tree: Tree, suffixes: tuple[str, ...]) -> dict[str, str]:
    wanted = {
        path: entry.oid
        for path, entry in tree.items()
        if path.endswith(suffixes) and "_generated/" not in path and entry.mode.startswith("100")
    }
    contents = store.contents(wanted.values())
    texts = {}
    for path, oid in wanted.items():
        try:
            texts[path] = contents[oid].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def _ran(migration: Migration, result: Result, done: tuple[str, ...], blocked: Iterable[str]) -> Ran:
    in_conflict = (
        Unresolved(path=path, line=1, reason=f"is in conflict; then do it by hand: {migration.summary}")
        for path in blocked
    )
    unresolved = (*result.unresolved, *in_conflict)
    outcome: Outcome = "unresolved" if unresolved else "applied" if done else "skipped"
    return Ran(migration=migration, outcome=outcome, files=tuple(sorted(done)), unresolved=unresolved)
