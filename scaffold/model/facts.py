"""The facts of many files: from the cache, or else parsed."""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING

import msgspec

from scaffold import __version__
from scaffold.core.store import Store, digest, shape_of
from scaffold.source import nodes as n
from scaffold.source.module_facts import ModuleFacts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

_SHAPE = shape_of((os.path.dirname(n.__file__),))  # noqa: PTH120 - on a hot path
_decoder = msgspec.msgpack.Decoder(ModuleFacts)
_NOTHING = ModuleFacts()
_HEAD = 8000  # bytes that tell whether a file is text
_RARE = 100  # characters of a text to a NUL in it, at least
_OUTLINE = b"outline"  # before the digest of a file, where no more is kept of it


class Source(msgspec.Struct, frozen=True):
    """A file that was to be read: its path, and the `problem` that keeps it from being a module, if any.

    `digest` stands for its content, which is kept: what is said of the file is to fit what was read of it.
    """

    path: str
    problem: str = ""
    facts: ModuleFacts = _NOTHING
    content: bytes = b""
    digest: bytes = b""


class Reader:
    """Reads files below `root`. What was read before comes from `cache`, a folder, if there is one.

    The cache is keyed by content and by the version of this tool, safe under parallel runs, and made anew
    when it is damaged. `name` says whose cache it is, where `root` is a folder of the moment. `contents`
    stand in for files on disk, by path: what they are about to be.
    """

    def __init__(
        self,
        root: Path,
        cache: Path | None = None,
        name: str = "",
        contents: Mapping[str, bytes] | None = None,
    ) -> None:
        self.contents = contents or {}
        self._root = root
        self._read: dict[str, bytes] = {}
        self._store = Store(cache, f"facts-{__version__}-{_SHAPE}", name or str(root.resolve()))

    def content(self, path: str) -> bytes:
        """The bytes of a file on disk, read once if its facts are asked for after this.

        Raises:
            OSError: it cannot be read.
        """
        if path not in self._read:
            self._read[path] = (self._root / path).read_bytes()
        return self._read[path]

    def read(self, paths: Sequence[str], outlined: Collection[str] = ()) -> Iterator[Source]:
        """The facts of files, in the order given; no more than an outline will do for some."""
        contents = {path: self.contents.get(path) or self._content(path) for path in paths}
        sources = {path: data for path, data in contents.items() if isinstance(data, bytes)}
        digests = {path: digest(data) for path, data in sources.items()}
        keys = {path: _OUTLINE + name if path in outlined else name for path, name in digests.items()}
        known = {path: self._recalled(key) for path, key in keys.items()}
        missing = [(path, sources[path]) for path in known if known[path] is None]
        for path, encoded in _parsed(missing, outlined):
            known[path] = _decoder.decode(encoded)
            self._store.put(keys[path], encoded)
        for path in paths:
            data = contents[path]
            if isinstance(data, str):
                yield Source(path, data)
            else:
                yield Source(path, facts=known[path] or _NOTHING, content=data, digest=digests[path])

    def _content(self, path: str) -> bytes | str:
        """The bytes of a file, or why it is no source."""
        try:
            data = self._read.pop(path, b"") or (self._root / path).read_bytes()
        except OSError as error:
            return error.strerror or "it cannot be read"
        return "it is a binary file" if _is_binary(data[:_HEAD]) else data

    def _recalled(self, name: bytes) -> ModuleFacts | None:
        kept = self._store.get(name)
        try:
            return _decoder.decode(kept) if kept is not None else None
        except msgspec.MsgspecError:
            return None

    def save(self) -> None:
        """Keep what was read for the next run, and nothing else."""
        self._store.save()


def _is_binary(head: bytes) -> bool:
    """Whether it is no text; that may hold an odd NUL, in a regular expression for instance."""
    found = head.count(0)
    if not found:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character may be cut in two at the end
    except UnicodeDecodeError:
        return True
    return found * _RARE > len(head)


def _parsed(files: list[tuple[str, bytes]], outlined: Collection[str]) -> list[tuple[str, bytes]]:
    if not files:
        return []
    from scaffold.model.parsing import parse  # noqa: PLC0415 - it loads the parser, which few runs need

    return parse(files, outlined)
