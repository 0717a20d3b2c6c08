"""What the meaning of a module hangs on: the files that it comes to through imports and addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from scaffold.core.store import digest
from scaffold.model import names
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project

_ADDRESSES = re.compile(r"_generated/api(?:\.[jt]s)?$|^convex/server$")
_ROOT_MODULES = {"schema", "convex.config"}


class Closures:
    """The files that each module of a project hangs on, as one digest of their contents.

    Wider than what is really followed, never narrower: an address that is not written out to its end counts
    for all below it, and the schema and the app's definition count for everybody.
    """

    def __init__(self, project: Project) -> None:
        modules = [*project.modules.values(), *project.helpers.values()]
        self._project = project
        self._places = {module.path: place for place, module in enumerate(modules)}
        self._tokens: list[bytes] = []
        self._addresses = _Addresses(project)
        self._all = (1 << len(modules)) - 1
        self._reached = self._transitive([self._direct(module) for module in modules])
        roots = [module for module in project.modules.values() if module.name in _ROOT_MODULES]
        self._always = self._union(self._reached[self._places[module.path]] for module in roots)

    def of(self, module: Module) -> bytes:
        """The digest of all that a module hangs on, itself included."""
        bits = self._reached[self._places[module.path]] | self._always
        return digest(b"".join(self._tokens[place] for place in _places(bits)))

    def _direct(self, module: Module) -> int:
        imported = sorted(self._imported(module))
        self._tokens.append(_token(self._project, module, imported))
        found = 1 << self._places[module.path]
        for path in (*(path for _, path in imported), *self._named(module)):
            if path in self._places:
                found |= 1 << self._places[path]
        return self._all if self._addresses.hands_on(module) else found

    def _imported(self, module: Module) -> Iterator[tuple[str, str]]:
        """The files behind what a module imports, by specifier."""
        for specifier in (*(each for _, each in names.specifiers(module.facts)), *module.facts.required):
            other = self._project.locate(module, specifier)
            if other is not None:
                yield specifier, other.path

    def _named(self, module: Module) -> Iterator[str]:
        """The modules that a module comes to by addresses."""
        for reference in module.facts.references:
            if reference.root != "components":
                yield from self._addresses.below(reference.path)
        yield from self._addresses.registered(module)

    def _transitive(self, direct: list[int]) -> list[int]:
        """What is reached through any number of hops: until nothing is added any more."""
        reached = direct
        while True:
            further = [self._union(reached[place] for place in _places(bits)) for bits in reached]
            if further == reached:
                return reached
            reached = further

    def _union(self, sets: Iterable[int]) -> int:
        found = 0
        for bits in sets:
            found |= bits
        return found


class _Addresses:
    """Which modules the addresses of functions mean."""

    def __init__(self, project: Project) -> None:
        self._exact: dict[str, list[str]] = defaultdict(list)
        self._below: dict[str, list[str]] = defaultdict(list)
        for module in project.modules.values():
            parts = module.name.split("/")
            self._exact[module.name].append(module.path)
            for size in range(1, len(parts) + 1):
                self._below["/".join(parts[:size])].append(module.path)
        self._users: dict[str, list[str]] = defaultdict(list)
        for function in (*project.functions, *project.unexported):
            if function.call_module is not function.module:  # it is known by where it is exported again
                self._users[function.call_module.path].append(function.module.path)

    def below(self, path: tuple[str, ...]) -> Iterator[str]:
        """The modules on the way of an address, and all those below it."""
        for size in range(1, len(path)):
            yield from self._exact.get("/".join(path[:size]), ())
        yield from self._below.get("/".join(path), ())

    def registered(self, module: Module) -> Iterable[str]:
        """The modules under whose names functions are known that are registered in this one."""
        return self._users.get(module.path, ())

    def hands_on(self, module: Module) -> bool:
        """Whether a file holds all addresses under a name of its own, so that none of them can be told."""
        if any(not each.path and each.root != "components" for each in module.facts.references):
            return True
        everything = (
            statement.specifier
            for statement in module.facts.links
            if isinstance(statement, n.Import | n.ExportNames)
            and statement.specifier
            and any(first == "*" for first, _ in statement.names)
        )
        dynamic = (specifier for _, specifier in module.facts.dynamic_imports)
        return any(_ADDRESSES.search(specifier) for specifier in (*everything, *dynamic))


def _token(project: Project, module: Module, imported: list[tuple[str, str]]) -> bytes:
    """What stands for a file, for what it imports, and for who calls its functions."""
    callers = sorted(
        (function.name, *sorted({mention.by for mention in project.mentions_of(function)}))
        for function in project.functions_of(module)
    )
    flags = (module.path, module.name, module.entry, module.test)
    return digest(module.digest + repr((flags, callers, imported)).encode())


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
