"""One version of a template with a project's answers, as a tree."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.git.trees import Entry, parse_index

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.core.git.trees import Store, Tree
    from scaffold.lifecycle.update.project import Project
    from scaffold.templates.rendering import Form

# They decide what git makes of a file, and those of the project and of the folders above it count.
_RULES = (".gitattributes", ".gitignore")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The files that git would track, and the contents of those that it ignores."""

    tree: Tree
    ignored: dict[str, bytes]

    def without(self, paths: Iterable[str]) -> Rendered:
        """All but these paths."""
        left = set(paths)
        return Rendered(
            tree={path: entry for path, entry in self.tree.items() if path not in left},
            ignored={path: content for path, content in self.ignored.items() if path not in left},
        )


def render(form: Form, project: Project, store: Store, name: str, tracked: Tree) -> Rendered:
    """Render into a folder like the project's, and let git take it in as it would there.

    What the project has committed (`tracked`) counts as tracked, whatever the ignore rules say.
    """
    prefix = project.repository.prefix
    top = store.folder / name
    # A template may use the folder's name, so it is the project's.
    folder = top / prefix if prefix else top / project.root.name
    work_tree = top if prefix else folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    form.render(folder)
    if prefix:  # a task may have started a repository there, which git would take for a submodule
        shutil.rmtree(folder / ".git", ignore_errors=True)
    seeded = _seed_rules(project, work_tree, folder)
    index = f"{name}.index"
    store.run_in(work_tree, index, "add", "--all", "--", folder.relative_to(work_tree).as_posix())
    ignored = _ignored(store, work_tree, index, prefix)
    forced = [path for path in ignored if path in tracked]
    if forced:
        words = "".join(f"{prefix}{path}\0" for path in forced)
        store.run_in(
            work_tree, index, "add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", data=words
        )
    tree = _tracked(store, work_tree, index, prefix, seeded)
    contents = {
        path: (folder / path).read_bytes()
        for path in ignored
        if path not in tracked and (folder / path).is_file() and not (folder / path).is_symlink()
    }
    return Rendered(tree=tree, ignored=contents)


def _seed_rules(project: Project, work_tree: Path, folder: Path) -> set[Path]:
    """Copy the rules that govern the project and that the template does not render."""
    top = project.repository.top
    sources = [parent / name for parent in _from_top(project) for name in _RULES]
    sources += [top / path for path in _rules_below(project)]
    seeded = set()
    for source in sources:
        target = work_tree / source.relative_to(top)
        if source.is_file() and not target.exists() and target.parent.is_dir():
            target.write_bytes(source.read_bytes())
            seeded.add(target)
    return {path for path in seeded if path.is_relative_to(folder)}


def _from_top(project: Project) -> Iterable[Path]:
    folder = project.repository.top
    yield folder
    for part in PurePosixPath(project.repository.prefix).parts:
        folder /= part
        yield folder


def _rules_below(project: Project) -> list[str]:
    """Rules in the project's own folders, from the top of the work tree."""
    prefix = project.repository.prefix
    return [
        prefix + path for path in project.repository.tree if "/" in path and path.rpartition("/")[2] in _RULES
    ]


def _ignored(store: Store, work_tree: Path, index: str, prefix: str) -> list[str]:
    listed = store.run_in(work_tree, index, "ls-files", "-z", "--others", "--ignored", "--exclude-standard")
    return [path.removeprefix(prefix) for path in listed.split("\0") if path.startswith(prefix) and path]


def _tracked(store: Store, work_tree: Path, index: str, prefix: str, seeded: set[Path]) -> Tree:
    listed = parse_index(store.run_in(work_tree, index, "ls-files", "--stage", "-z"))
    return {
        path.removeprefix(prefix): Entry(*stages[0])
        for path, stages in listed.items()
        if path.startswith(prefix) and work_tree / path not in seeded
    }
