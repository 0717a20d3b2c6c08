"""The facts of many files: from the cache, or else parsed."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from scaffold import __version__
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_decoder = msgspec.msgpack.Decoder(n.ModuleFacts)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its path, and what keeps it from being read as a module, if anything does."""

    path: str
    facts: n.ModuleFacts | None
    problem: str = ""


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
        self._store = _Store(name or str(root.resolve()), cache)

    def read(self, paths: Sequence[str]) -> Iterator[Source]:
        """The facts of files, in the order given."""
        contents = {path: self.contents.get(path) or _content(self._root / path) for path in paths}
        sources = {path: data for path, data in contents.items() if isinstance(data, bytes)}
        digests = {path: _digest(data) for path, data in sources.items()}
        known = {path: self._store.get(digest) for path, digest in digests.items()}
        for path, encoded in _parsed([(path, sources[path]) for path in known if known[path] is None]):
            known[path] = encoded
            self._store.put(digests[path], encoded)
        for path in paths:
            data = contents[path]
            if isinstance(data, str):
                yield Source(path, None, data)
            else:
                yield Source(path, _decoder.decode(known[path] or b""))

    def save(self) -> None:
        """Keep what was read for the next run, and nothing else."""
        self._store.save()


def _content(path: Path) -> bytes | str:
    """The bytes of a file, or why it is no source."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return error.strerror or "it cannot be read"
    if b"\0" in data[:8000]:
        return "it is a binary file"
    return data


def _parsed(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    if not files:
        return []
    from scaffold.model.parsing import parse  # noqa: PLC0415 - it loads the parser, which few runs need

    return parse(files)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


class _Store:
    """The cache of one root: one file, read whole, replaced whole."""

    def __init__(self, name: str, folder: Path | None) -> None:
        self._path: Path | None = None
        self._known: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._changed = False
        if folder is not None:
            key = hashlib.blake2b(os.fsencode(name), digest_size=10).hexdigest()
            self._path = folder / f"facts-{__version__}-{_SHAPE}-{key}"
            with suppress(OSError, msgspec.MsgspecError):
                self._known = msgspec.msgpack.decode(self._path.read_bytes(), type=dict[bytes, bytes])

    def get(self, digest: bytes) -> bytes | None:
        self._used.add(digest)
        return self._known.get(digest)

    def put(self, digest: bytes, encoded: bytes) -> None:
        self._known[digest] = encoded
        self._changed = True

    def save(self) -> None:
        """Write what this run used, whole; a cache that cannot be written is none."""
        if self._path is None or not self._changed:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            kept = {digest: self._known[digest] for digest in self._used if digest in self._known}
            temporary.write_bytes(msgspec.msgpack.encode(kept))
            temporary.replace(self._path)


def _shape() -> str:
    """A mark of the code that makes facts: a development version must not read what another one wrote."""
    with os.scandir(os.path.dirname(n.__file__)) as files:  # noqa: PTH120 - on a hot path
        found = sorted((file.name, file.stat().st_mtime_ns) for file in files if file.name.endswith(".py"))
    stamps = [str(stamp) for _, stamp in found]
    return hashlib.blake2b("".join(stamps).encode(), digest_size=5).hexdigest()


_SHAPE = _shape()
