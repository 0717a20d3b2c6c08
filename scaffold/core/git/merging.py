"""Merging three trees with git's own merge, in a store, without a work tree of anybody's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.core.git import process, trees
from scaffold.core.git.trees import Entry, Store, Tree

_WITH_MERGE_TREE = (2, 38)  # the first git with `merge-tree --write-tree`

# The user's configuration decides how conflicts look (merge.conflictStyle), not what is merged.
_SETTINGS = (
    "merge.directoryRenames=true",  # a new file of the template follows a folder that was renamed
    "merge.renames=true",
    "rerere.enabled=false",
    "commit.gpgSign=false",
    "merge.verifySignatures=false",
)
_OPTIONS = [word for setting in _SETTINGS for word in ("-c", setting)]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A merged tree; what could not be merged has its stages (1 base, 2 ours, 3 theirs) in `unmerged`."""

    tree: Tree
    unmerged: dict[str, dict[int, Entry]]


def merge(store: Store, base: Tree, ours: Tree, theirs: Tree, *, labels: tuple[str, str]) -> Merged:
    """Merge `theirs` into `ours`; `labels` name the two in conflict markers."""
    root = store.commit(store.write(base))
    branches = tuple(re.sub(r"[^\w.-]+", "-", label) for label in labels)
    for branch, tree in zip(branches, (ours, theirs), strict=True):
        store.point(branch, store.commit(store.write(tree), root))
    shown = dict(zip(branches, labels, strict=True))
    if git_version() >= _WITH_MERGE_TREE:
        return _relabelled(store, _in_store(store, *branches), shown)
    # `git merge` calls our side HEAD.
    return _relabelled(store, _in_folder(store, *branches), {**shown, "HEAD": labels[0]})


@cache
def git_version() -> tuple[int, ...]:
    """The version of git, as far as it is numbers."""
    output = process.run("--version", cwd=Path())
    match = re.search(r"\d+(?:\.\d+)+", output)
    return tuple(int(part) for part in match[0].split(".")) if match else (0,)


def _in_store(store: Store, ours: str, theirs: str) -> Merged:
    command = ("merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs)
    env = {"GIT_DIR": str(store.git_dir)}
    done = process.attempt(*_OPTIONS, *command, cwd=store.folder, env=env)
    if done.returncode not in {0, 1}:  # 1: there are conflicts
        process.run(*_OPTIONS, *command, cwd=store.folder, env=env)  # raises with git's last words
    tree, _, rest = done.stdout.partition("\0")
    return Merged(tree=store.entries(tree), unmerged=trees.parse_index(rest))


def _in_folder(store: Store, ours: str, theirs: str) -> Merged:
    """For git before 2.38: the same merge, in a folder of its own."""
    folder = store.folder / "merging"
    folder.mkdir()
    # Files hold exactly what their objects hold.
    attributes = store.git_dir / "info" / "attributes"
    before = attributes.read_bytes() if attributes.is_file() else b""
    attributes.write_bytes(before + b"\n* -text -eol -ident -filter -working-tree-encoding\n")
    (store.git_dir / "HEAD").write_text(f"ref: refs/heads/{ours}\n")
    store.run_in(folder, "merging.index", "read-tree", "-m", "-u", ours)
    store.attempt_in(folder, "merging.index", *_OPTIONS, "merge", "--no-commit", "--no-ff", theirs)
    listed = store.run_in(folder, "merging.index", "ls-files", "--stage", "-z")
    unmerged = {path: stages for path, stages in trees.parse_index(listed).items() if 0 not in stages}
    store.run_in(folder, "merging.index", "add", "--all", "--force", ".")
    tree = store.run_in(folder, "merging.index", "write-tree").strip()
    attributes.write_bytes(before)
    return Merged(tree=store.entries(tree), unmerged=unmerged)


def _relabelled(store: Store, merged: Merged, labels: dict[str, str]) -> Merged:
    """Git shows the names of branches, which cannot hold a space."""
    tree = dict(merged.tree)
    names = "|".join(re.escape(branch) for branch in labels)
    marker = re.compile(rf"^(<{{7,}}|>{{7,}}) ({names})(?=$|:|\r)".encode(), re.MULTILINE)

    def readable(found: re.Match[bytes]) -> bytes:
        return found[1] + b" " + labels[found[2].decode()].encode()

    for path in merged.unmerged:
        entry = tree.get(path)
        if entry is None or entry.mode in {trees.SYMLINK, trees.SUBMODULE}:
            continue
        before = store.content(entry.oid)
        after = marker.sub(readable, before)
        if after != before:
            tree[path] = Entry(entry.mode, store.add(after))
    return Merged(tree=tree, unmerged=merged.unmerged)


def merge_file(store: Store, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """One text merged on its own, or None where both sides changed the same lines or it is no text."""
    names = []
    for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
        path = store.folder / f"merge-file.{name}"
        path.write_bytes(content)
        names.append(path.name)
    done = process.attempt("merge-file", "--stdout", *names, cwd=store.folder)
    return process.to_bytes(done.stdout) if done.returncode == 0 else None
