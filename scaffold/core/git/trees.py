"""Trees as dictionaries, in an object store of their own beside a repository's."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scaffold.core import temporary
from scaffold.core.git import process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from scaffold.core.git.repository import Repository

SYMLINK = "120000"
SUBMODULE = "160000"

# The same trees give the same commits.
_NOBODY = {
    **{f"GIT_{who}_NAME": "convex-scaffold" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "update@convex-scaffold.invalid" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "1700000000 +0000" for who in ("AUTHOR", "COMMITTER")},
}


class Entry(NamedTuple):
    """A file in a tree: `mode` as git writes it, and the id of its content."""

    mode: str
    oid: str


Tree = dict[str, Entry]
"""Files by path, with forward slashes; bytes that are no UTF-8 as surrogates."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """A bare repository in a temporary folder that sees another's objects, and writes none there."""

    folder: Path

    @property
    def git_dir(self) -> Path:
        """The bare repository; its refs and objects are ours alone."""
        return self.folder / "store.git"

    def run(self, *arguments: str, data: str | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run git on this repository."""
        return process.run(*arguments, cwd=self.folder, env=self._environment(env), data=data)

    def run_in(self, work_tree: Path, index: str, *arguments: str, data: str | None = None) -> str:
        """Run git on this repository with a work tree, and an index of the given name."""
        env = {"GIT_WORK_TREE": str(work_tree), "GIT_INDEX_FILE": str(self.folder / index)}
        return process.run(*arguments, cwd=work_tree, env=self._environment(env), data=data)

    def attempt_in(self, work_tree: Path, index: str, *arguments: str) -> int:
        """Like `run_in`; returns the exit code."""
        env = {"GIT_WORK_TREE": str(work_tree), "GIT_INDEX_FILE": str(self.folder / index)}
        return process.attempt(*arguments, cwd=work_tree, env=self._environment(env)).returncode

    def entries(self, treeish: str) -> Tree:
        """The files of a tree."""
        return parse_tree(self.run("ls-tree", "-r", "-z", treeish))

    def write(self, tree: Tree) -> str:
        """The id of a tree of these files."""
        index = f"index.{len(list(self.folder.iterdir()))}"
        env = {"GIT_INDEX_FILE": str(self.folder / index)}
        self.run("update-index", "-z", "--index-info", data=index_info(tree), env=env)
        return self.run("write-tree", env=env).strip()

    def commit(self, tree: str, *parents: str) -> str:
        """A commit of nobody's at no time."""
        words = [word for parent in parents for word in ("-p", parent)]
        return self.run("commit-tree", tree, *words, "-m", "update", env=_NOBODY).strip()

    def point(self, branch: str, commit: str) -> None:
        """Make a branch, whose name git will show in conflicts."""
        path = self.git_dir / "refs" / "heads" / branch
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(commit + "\n")

    def content(self, oid: str) -> bytes:
        """A file's content."""
        return self.contents([oid])[oid]

    def contents(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The contents of many files, in one go."""
        wanted = list(dict.fromkeys(oids))
        if not wanted:
            return {}
        request = "".join(f"{oid}\n" for oid in wanted).encode()
        output = process.read("cat-file", "--batch", cwd=self.folder, env=self._environment(), data=request)
        found, start = {}, 0
        for oid in wanted:
            end = output.index(b"\n", start)
            size = int(output[start:end].split()[2])
            found[oid] = output[end + 1 : end + 1 + size]
            start = end + size + 2
        return found

    def add(self, content: bytes) -> str:
        """The id of a new content."""
        return (
            process.read(
                "hash-object", "-w", "--stdin", cwd=self.folder, env=self._environment(), data=content
            )
            .decode()
            .strip()
        )

    def check_out(self, tree: Tree, into: Path) -> None:
        """Write the files of a tree into a folder, byte for byte: no filter, no line ends."""
        into.mkdir(parents=True, exist_ok=True)
        regular = {path: entry for path, entry in tree.items() if entry.mode != SUBMODULE}
        for (path, entry), content in zip(
            regular.items(), self._in_order(entry.oid for entry in regular.values()), strict=True
        ):
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == SYMLINK:
                target.symlink_to(content.decode("utf-8", "surrogateescape"))
            else:
                target.write_bytes(content)

    def _in_order(self, oids: Iterable[str]) -> Iterator[bytes]:
        wanted = list(oids)
        contents = self.contents(wanted)
        return (contents[oid] for oid in wanted)

    def new_objects(self) -> list[str]:
        """The ids of everything that was written here."""
        return [
            folder.name + path.name
            for folder in (self.git_dir / "objects").iterdir()
            if len(folder.name) == 2  # noqa: PLR2004 - the first two digits of the id
            for path in folder.iterdir()
        ]

    def pack(self) -> bytes:
        """All that was written here, for another repository."""
        data = "".join(f"{oid}\n" for oid in self.new_objects()).encode()
        return process.read(
            "pack-objects", "--stdout", "-q", cwd=self.folder, env=self._environment(), data=data
        )

    def _environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"GIT_DIR": str(self.git_dir), **(more or {})}


@contextmanager
def store_beside(repository: Repository) -> Iterator[Store]:
    """A store that sees the objects, ignore rules and attributes of a repository."""
    with temporary.folder() as folder:
        store = Store(folder=folder)
        _initialize(store.git_dir, repository)
        yield store


def _initialize(git_dir: Path, repository: Repository) -> None:
    """What `git init --bare` would do, without starting it."""
    for folder in ("objects/info", "refs/heads", "info"):
        (git_dir / folder).mkdir(parents=True)
    (git_dir / "HEAD").write_text("ref: refs/heads/yours\n")
    (git_dir / "objects" / "info" / "alternates").write_text(f"{_as_line(repository.objects)}\n")
    settings = ["[core]", "\tbare = false", "\trepositoryformatversion = 0"]
    if repository.object_format != "sha1":
        settings[2] = "\trepositoryformatversion = 1"
        settings += ["[extensions]", f"\tobjectFormat = {repository.object_format}"]
    (git_dir / "config").write_text("\n".join(settings) + "\n" + repository.content_settings)
    for name in ("exclude", "attributes"):
        theirs = repository.common_dir / "info" / name
        if theirs.is_file():
            (git_dir / "info" / name).write_bytes(theirs.read_bytes())


def obstacles(tree: Iterable[str], paths: Iterable[str]) -> dict[str, str]:
    """What of a tree keeps each of these paths from being a file.

    That is a folder in its place (with a slash at its end), or a file or link where it needs a folder. Paths
    that nothing stands in the way of are left out.
    """
    names = set(tree)
    folders = {path[:place] for path in names for place, char in enumerate(path) if char == "/"}
    found = {}
    for path in paths:
        above = next((path[:n] for n, char in enumerate(path) if char == "/" and path[:n] in names), None)
        if above is not None:
            found[path] = above
        elif path in folders:
            found[path] = f"{path}/"
    return found


def _as_line(path: Path) -> str:
    """A path as git reads one from a line of a file."""
    text = str(path)
    if "\n" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def parse_tree(output: str) -> Tree:
    """What `git ls-tree -r -z` prints."""
    tree: Tree = {}
    for line in output.split("\0"):
        if line:
            meta, path = line.split("\t", 1)
            mode, _, oid = meta.split()
            tree[path] = Entry(mode, oid)
    return tree


def parse_index(output: str) -> dict[str, dict[int, Entry]]:
    """What `git ls-files --stage -z` prints: the stages of each path, 0 where nothing is unmerged."""
    stages: dict[str, dict[int, Entry]] = {}
    for line in output.split("\0"):
        if line:
            meta, path = line.split("\t", 1)
            mode, oid, stage = meta.split()
            stages.setdefault(path, {})[int(stage)] = Entry(mode, oid)
    return stages


def index_info(tree: Mapping[str, Entry], *, prefix: str = "") -> str:
    """What `git update-index -z --index-info` reads."""
    return "".join(f"{entry.mode} {entry.oid}\t{prefix}{path}\0" for path, entry in tree.items())
