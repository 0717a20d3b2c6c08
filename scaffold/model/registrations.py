"""Which functions modules register, kept from one run to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scaffold import __version__
from scaffold.core.store import Store, digest, shape_of
from scaffold.core.text import is_text
from scaffold.model.directory import Directory, Entry
from scaffold.model.functions import FunctionReader

if TYPE_CHECKING:
    from scaffold.model.project import Project

_PACKAGES = ("core", "model", "source")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Entry, ...])


class Registrations:
    """What is known of one workspace's functions. It hangs on a module, and on all that this one imports."""

    def __init__(self, cache: Path | None, name: str) -> None:
        here = Path(__file__).parent.parent
        shape = shape_of(str(here / package) for package in _PACKAGES) if cache else ""
        self._store = Store(cache, f"functions-{__version__}-{shape}", name)

    def directory(self, project: Project) -> Directory:
        """The functions of a project, of which only the modules are read that nothing is known of."""
        modules = [module for module in project.modules.values() if module.entry]
        read = FunctionReader(project).read
        if not self._store.keeps or not is_text("".join(project.modules)):
            return Directory(modules, read)
        told = digest(repr(project.builders.explained).encode())
        keys = {module.path: digest(told + project.imports.of(module)) for module in modules}
        known = {path: entries for path, key in keys.items() if (entries := self._recalled(key)) is not None}
        directory = Directory(modules, read, dict(known))
        for module in modules:
            if module.path not in known:
                self._store.put(keys[module.path], _encoder.encode(directory.entries(module)))
        return directory

    def save(self) -> None:
        """Write what this run used."""
        self._store.save()

    def _recalled(self, key: bytes) -> tuple[Entry, ...] | None:
        kept = self._store.get(key)
        try:
            return _decoder.decode(kept) if kept is not None else None
        except msgspec.MsgspecError:
            return None
