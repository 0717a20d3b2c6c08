"""The facts of many files: from the cache, or else parsed, by several processes where it pays."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from scaffold import __version__
from scaffold.core import forks
from scaffold.source import lowering, statements
from scaffold.source import nodes as n
from scaffold.source.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_PARALLEL_FROM = 200_000  # bytes; below, starting processes costs more than they save
_PARCEL = 50_000
_decoder = msgspec.msgpack.Decoder(n.ModuleFacts)
_encoder = msgspec.msgpack.Encoder()


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
        for path, encoded in _parse([(path, sources[path]) for path in known if known[path] is None]):
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


def _parse(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    size = sum(len(data) for _, data in files)
    if size < _PARALLEL_FROM:
        return _parse_here(files)
    parcels = list(_parcels(files))
    if sys.platform == "linux":
        done = forks.each(lambda number: _parse_here(parcels[number]), len(parcels), forks.workers())
    else:
        done = _parse_in_pool(parcels)
    return [each for parcel in done for each in parcel]


def _parse_in_pool(parcels: list[list[tuple[str, bytes]]]) -> Iterable[list[tuple[str, bytes]]]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - slow to import, for few runs
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(min(os.cpu_count() or 1, 8), mp_context=get_context("spawn")) as pool:
        return list(pool.map(_parse_here, parcels))


def _parcels(files: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Parcels of work of about the same size, the largest files first."""
    parcel: list[tuple[str, bytes]] = []
    size = 0
    for item in sorted(files, key=lambda item: -len(item[1])):
        parcel.append(item)
        size += len(item[1])
        if size >= _PARCEL:
            yield parcel
            parcel, size = [], 0
    if parcel:
        yield parcel


def _parse_here(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [(path, _parsed(path, data)) for path, data in files]


def _parsed(path: str, data: bytes) -> bytes:
    facts = scan(data, jsx=path.endswith((".tsx", ".jsx", ".js")))
    try:
        return _encoder.encode(facts)
    except RecursionError:
        return _encoder.encode(n.ModuleFacts(errors=((0, len(data)),), size=len(data)))


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
    files = (n.__file__, lowering.__file__, statements.__file__, sys.modules[scan.__module__].__file__)
    stamps = [str(os.stat(file).st_mtime_ns) for file in files if file]  # noqa: PTH116 - four calls on a hot path
    return hashlib.blake2b("".join(stamps).encode(), digest_size=5).hexdigest()


_SHAPE = _shape()
