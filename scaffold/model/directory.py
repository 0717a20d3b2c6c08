"""Which functions a project registers: what is known of them in short, and they themselves when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.model.function import Function
    from scaffold.model.module import Module
    from scaffold.model.values import Definition


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A registered function in short: its name, and where the call stands that registers it."""

    name: str
    path: str
    start: int
    end: int


class Directory:
    """The registered functions of some modules, in order.

    `read` reads those of one module, which takes its code and that of others; `known` are the entries of
    modules, by path, that need no reading.
    """

    def __init__(
        self,
        modules: Iterable[Module] = (),
        read: Callable[[Module], Iterable[Function]] = lambda _: (),
        known: dict[str, tuple[Entry, ...]] | None = None,
    ) -> None:
        self._modules = {module.path: module for module in modules}
        self._read = read
        self._functions: dict[str, list[Function]] = {}
        self._entries = known or {}

    def __len__(self) -> int:
        """How many functions there are."""
        return len(self._places)

    def entries(self, module: Module) -> tuple[Entry, ...]:
        """The functions that a module registers or exports again, in short."""
        known = self._entries.get(module.path)
        if known is None:
            known = self._entries[module.path] = tuple(map(_entry, self.of(module)))
        return known

    def of(self, module: Module) -> list[Function]:
        """The functions that a module registers or exports again."""
        known = self._functions.get(module.path)
        if known is None:
            read = self._read(module) if module.path in self._modules else ()
            known = self._functions[module.path] = list(read)
        return known

    def all(self) -> list[Function]:
        """All functions."""
        return [function for module in self._modules.values() for function in self.of(module)]

    def at(self, address: tuple[str, ...]) -> Function | None:
        """The function under an address."""
        return self._found(self._by_address.get(address))

    def made_by(self, definition: Definition) -> Function | None:
        """The function that a call registers: where it is registered, not where it is exported again."""
        node = definition.node
        return self._found(self._by_call.get((definition.module.path, node.start, node.end)))

    @cached_property
    def addresses(self) -> frozenset[tuple[str, ...]]:
        """The addresses of all functions."""
        return frozenset(self._by_address)

    def exported_again(self) -> Iterator[tuple[str, str]]:
        """The modules that functions are registered in and known by, as paths, where these are two."""
        for entry, (path, _) in self._places:
            if entry.path != path:
                yield entry.path, path

    def _found(self, place: tuple[str, int] | None) -> Function | None:
        return self.of(self._modules[place[0]])[place[1]] if place is not None else None

    @cached_property
    def _places(self) -> list[tuple[Entry, tuple[str, int]]]:
        """All entries, each with the path of its module and its number there."""
        return [
            (entry, (path, number))
            for path, module in self._modules.items()
            for number, entry in enumerate(self.entries(module))
        ]

    @cached_property
    def _by_address(self) -> dict[tuple[str, ...], tuple[str, int]]:
        return {address(self._modules[place[0]], entry.name): place for entry, place in self._places}

    @cached_property
    def _by_call(self) -> dict[tuple[str, int, int], tuple[str, int]]:
        own_last = sorted(self._places, key=lambda found: found[0].path == found[1][0])
        return {(entry.path, entry.start, entry.end): place for entry, place in own_last}


def address(module: Module, name: str) -> tuple[str, ...]:
    """The path behind `api` or `internal`: a module's folders, its name, the function's."""
    return (*module.name.split("/"), name)


def _entry(function: Function) -> Entry:
    call = function.call
    return Entry(function.name, function.call_module.path, call.start, call.end)
