"""What a template would bring to a project, file by file, and what of it is chosen."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core.errors import UnknownPartError
from scaffold.core.text import nearest
from scaffold.lifecycle.adopting.groups import GROUPS, group_of
from scaffold.lifecycle.adopting.joining import joiner
from scaffold.source.imports import imports
from scaffold.source.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.source.imports import Import

State = Literal["new", "same", "differs"]

EVERYTHING = "all"
_MANIFEST = "package.json"
_REFERENCE = re.compile(rb"\b(?:api|internal)\.(\w+)\.(\w+)")
_NAMED = re.compile(rb'"\./([\w./-]+)"')  # by a configuration file of the root
_LISTING = re.compile(r"convex/\w+(\.config)?\.ts")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A file of the template: `ours` is the project's content, or None where it has no such file.

    `chosen` says how it came to be: by `name`, by `group`, or because something chosen is of no use without
    it (`needed by …`); it is empty for what is not chosen.
    """

    path: str
    ours: bytes | None
    theirs: bytes
    chosen: str = ""

    @property
    def group(self) -> str:
        """What the file is for."""
        return group_of(self.path)

    @property
    def state(self) -> State:
        """How the project's file and the template's compare."""
        if self.ours is None:
            return "new"
        return "same" if self.ours == self.theirs else "differs"


def choose(files: Mapping[str, tuple[bytes | None, bytes]], only: Iterable[str]) -> list[Offer]:
    """The offers, by path. `files` holds the project's and the template's content of each file.

    Raises:
        UnknownPartError: a word names neither a group nor a file of the template.
    """
    chosen: dict[str, str] = {}
    for word in only:
        chosen |= _named(files, word.strip("/"))
    todo = sorted(chosen)
    while todo:
        path = todo.pop()
        for other in _needs(files, path):
            if other not in chosen:
                chosen[other] = f"needed by {path}"
                todo.append(other)
    return [
        Offer(path=path, ours=ours, theirs=theirs, chosen=chosen.get(path, ""))
        for path, (ours, theirs) in sorted(files.items())
    ]


def _named(files: Mapping[str, tuple[bytes | None, bytes]], word: str) -> dict[str, str]:
    if word == EVERYTHING:
        return dict.fromkeys(files, "group")
    if word in GROUPS:
        return {path: "group" for path in files if group_of(path) == word}
    found = [path for path in files if path == word or path.startswith(f"{word}/")]
    if not found:
        raise UnknownPartError(word, [*GROUPS, EVERYTHING], nearest(word, [*GROUPS, *files]))
    return dict.fromkeys(found, "name" if found == [word] else "group")


def _needs(files: Mapping[str, tuple[bytes | None, bytes]], path: str) -> Iterator[str]:
    """The files that one is of no use without, where the project has not the like.

    What it imports, calls by reference or has declared elsewhere; package.json for packages that the project
    lacks; and for what it defines the file that lists the like.
    """
    ours, theirs = files[path]
    if ours == theirs:
        return
    if _MANIFEST in files and _packages(path, theirs) - _installed(files[_MANIFEST][0]):
        yield _MANIFEST
    named = (match[1].decode() for match in _NAMED.finditer(theirs)) if "/" not in path else ()
    for module in (*_imported(path, theirs), *_through_generated(path, theirs), *named):
        if module in files and files[module][0] is None:
            yield module
    for name, (_, listing) in files.items():
        if _LISTING.fullmatch(name) and path in _imported(name, listing):
            yield name


def _through_generated(path: str, content: bytes) -> list[str]:
    """The modules that a file knows through generated code: functions it refers to, its variables' names."""
    if not path.endswith(".ts"):
        return []
    found = [f"convex/{one[1].decode()}/{one[2].decode()}.ts" for one in _REFERENCE.finditer(content)]
    reads_env = any("env" in one.exported and "_generated" in one.module for one in _imports(path, content))
    return [*found, "convex/convex.config.ts"] if reads_env else found


def _packages(path: str, content: bytes) -> set[str]:
    """The packages that a file imports."""
    modules = (one.module for one in _imports(path, content) if not one.module.startswith("."))
    return {"/".join(module.split("/")[: 2 if module.startswith("@") else 1]) for module in modules}


def _installed(manifest: bytes | None) -> set[str]:
    try:
        tables = json.loads(manifest or b"{}")
        return {name for key in ("dependencies", "devDependencies") for name in tables.get(key, {})}
    except (ValueError, AttributeError, TypeError):
        return set()


def _imports(path: str, content: bytes) -> list[Import]:
    return imports(parse(content)) if path.endswith((".ts", ".mts", ".mjs")) else []


def _imported(path: str, content: bytes) -> list[str]:
    """The modules of the project that a file imports."""
    modules = (one.module for one in _imports(path, content) if one.module.startswith("."))
    places = (posixpath.normpath(posixpath.join(posixpath.dirname(path), module)) for module in modules)
    return [f"{re.sub(r'[.][jt]s$', '', place)}.ts" for place in places]


def missing_exports(offers: Iterable[Offer]) -> Iterator[str]:
    """What chosen files import from files that stay the project's own, and that is not in those."""
    by_path = {offer.path: offer for offer in offers}
    for offer in by_path.values():
        if not offer.chosen or offer.state == "same" or not offer.path.endswith(".ts"):
            continue
        for one in _imports(offer.path, offer.theirs):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(offer.path), one.module))
            other = by_path.get(f"{place}.ts")
            if other is None or other.ours is None or other.state == "same" or can_be_joined(other):
                continue
            text = other.ours.decode("utf-8", "replace")
            missing = [name for name in one.exported if not re.search(rf"\b{re.escape(name)}\b", text)]
            if missing:
                yield f"{offer.path} needs {', '.join(missing)} in {other.path}, which is yours"


def can_be_joined(offer: Offer) -> bool:
    """Whether the two sides' files can be made one without a conflict."""
    join = joiner(offer.path)
    return join is not None and offer.ours is not None and join(offer.ours, offer.theirs) is not None
