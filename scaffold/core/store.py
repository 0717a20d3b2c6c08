"""What was worked out before, by the digest of all that it was made from."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Store:
    """A cache in one file, read whole and replaced whole: safe under parallel runs, made anew when damaged.

    `kind` names what is kept, with the version of the code that makes it; `name` tells whose it is. Without a
    `folder` nothing is kept.
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
        if self._path is None or not self._changed:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            kept = {key: self._known[key] for key in self._used if key in self._known}
            temporary.write_bytes(msgspec.msgpack.encode(kept))
            temporary.replace(self._path)


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
