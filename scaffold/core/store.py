"""What was worked out before, by the digest of all that it was made from."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


_DAY = 24 * 60 * 60  # seconds
_UNUSED = 28 * _DAY  # after which a file is taken to belong to an old version, or to a project that has gone


class Store:
    """A cache in one file, read whole and replaced whole: safe under parallel runs, made anew when damaged.

    `kind` names what is kept, with the version of the code that makes it behind a hyphen; `name` tells whose
    it is. Without a `folder` nothing is kept. Files of the same kind, of whatever version, that nobody has
    used for four weeks are removed when a new one is begun.
    """

    def __init__(self, folder: Path | None, kind: str, name: str) -> None:
        self._path: Path | None = None
        self._known: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._changed = False
        if folder is not None:
            self._path = folder / f"{kind}-{digest(os.fsencode(name)).hex()[:20]}"
            with suppress(OSError, msgspec.MsgspecError):
                self._known = msgspec.msgpack.decode(self._path.read_bytes(), type=dict[bytes, bytes])

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self._path is not None

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""
        self._used.add(key)
        return self._known.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep something for the next run."""
        self._known[key] = value
        self._changed = True

    def save(self) -> None:
        """Write what this run used, and nothing else; a cache that cannot be written is none."""
        if self._path is None:
            return
        if not self._changed:
            _mark_as_used(self._path)
            return
        with suppress(OSError):
            is_new = not self._path.exists()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            kept = {key: self._known[key] for key in self._used if key in self._known}
            temporary.write_bytes(msgspec.msgpack.encode(kept))
            temporary.replace(self._path)
            if is_new:
                _remove_unused(self._path)


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
