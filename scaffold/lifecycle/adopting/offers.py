"""What a template would bring to a project, file by file, and what of it is chosen."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.core.errors import UnknownPartError
from scaffold.core.text import nearest
from scaffold.lifecycle import needs
from scaffold.lifecycle.adopting.joining import joiner
from scaffold.lifecycle.groups import GROUPS, group_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

State = Literal["new", "same", "differs"]

EVERYTHING = "all"


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
    for path, user in needs.closure(files, chosen).items():
        chosen.setdefault(path, f"needed by {user}")
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


def missing_exports(offers: Iterable[Offer]) -> Iterator[str]:
    """What chosen files import from files that stay the project's own, and that is not in those."""
    by_path = {offer.path: offer for offer in offers}
    for offer in by_path.values():
        if not offer.chosen or offer.state == "same" or not offer.path.endswith(".ts"):
            continue
        for one in needs.imports_of(offer.path, offer.theirs):
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
