"""What was worked out before, by the digest of all that it was made from."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


_DAY = 24 * 60 * 60  # seconds
_UNUSED = 28 * _DAY  # after which a file is taken to belong to an old version, or to a project that has gone
_SHARE = 8  # what is new is kept apart while it is less than this part of what is old
Value: TypeAlias = "bytes | memoryview"
_decoder = msgspec.msgpack.Decoder(dict[bytes, memoryview])


class Store:
    """A cache in a file, read and replaced whole: safe under parallel runs, made anew when damaged.

    `kind` names what is kept, with the version of the code that makes it behind a hyphen; `name` tells whose
    it is. Without a `folder` nothing is kept. What a few changes add is written to a second file beside the
    first, which would be large to write again; whatever stands in either is right under its key. Files of the
    same kind, of whatever version, that nobody has used for four weeks are removed when a new one is begun.
    """

    def __init__(self, folder: Path | None, kind: str, name: str) -> None:
        self._path: Path | None = None
        self._old: dict[bytes, memoryview] = {}
        self._new: dict[bytes, Value] = {}
        self._used: set[bytes] = set()
        self._changed = False
        if folder is not None:
            self._path = folder / f"{kind}-{digest(os.fsencode(name)).hex()[:20]}"
            self._old = _read(self._path)
            self._new |= _read(_beside(self._path))

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self._path is not None

    def get(self, key: bytes) -> Value | None:
        """What is kept under a key."""
        self._used.add(key)
        return self._new.get(key) or self._old.get(key)

    def put(self, key: bytes, value: Value) -> None:
        """Keep something for the next run."""
        self._new[key] = value
        self._changed = True

    def save(self) -> None:
        """Write what this run used and is not written yet; a cache that cannot be written is none."""
        if self._path is None:
            return
        if self._changed:
            with suppress(OSError):
                self._write(self._path)
        _mark_as_used(self._path)
        _mark_as_used(_beside(self._path))

    def _write(self, path: Path) -> None:
        new = {key: value for key, value in self._new.items() if key in self._used}
        if _size(new) * _SHARE < _size(self._old):
            _replace(_beside(path), new)
            return
        is_first = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, {key: value for key, value in self._old.items() if key in self._used} | new)
        _beside(path).unlink(missing_ok=True)
        if is_first:
            _remove_unused(path)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _read(path: Path) -> dict[bytes, memoryview]:
    """What stands in a file: views of its bytes, which are many, and of which few are looked at."""
    with suppress(OSError, msgspec.MsgspecError):
        return _decoder.decode(path.read_bytes())
    return {}


def _replace(path: Path, kept: Mapping[bytes, Value]) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(msgspec.msgpack.encode(kept))
        temporary.replace(path)
    except BaseException:  # on a full disk each run would leave a file that fills it further
        temporary.unlink(missing_ok=True)
        raise


def _size(kept: Mapping[bytes, Value]) -> int:
    return sum(map(len, kept.values()))


def _mark_as_used(path: Path) -> None:
    """Make a file that was only read as young as one that is written, once a day."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)


def _remove_unused(path: Path) -> None:
    """Remove the files of a cache's kind that have not been used for long, what killed runs left too."""
    kind = path.name.partition("-")[0]
    for other in path.parent.glob(f"{kind}-*"):
        with suppress(OSError):  # a run beside this one may have been faster
            if time.time() - other.stat().st_mtime > _UNUSED:
                other.unlink()


def digest(data: bytes) -> bytes:
    """What stands for some bytes in keys."""
    return hashlib.blake2b(data, digest_size=16).digest()


def shape_of(folders: Iterable[str]) -> str:
    """A mark of the code in some folders: a development version must not read what another one kept."""
    found = []
    for folder in folders:
        with os.scandir(folder) as files:
            found += [(file.name, file.stat().st_mtime_ns) for file in files if file.name.endswith(".py")]
    return digest("".join(f"{name}{stamp}" for name, stamp in sorted(found)).encode()).hex()[:10]
