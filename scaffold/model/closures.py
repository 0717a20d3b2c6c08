"""What the meaning of a module hangs on: the files that it comes to through imports and addresses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scaffold.core.graphs import places, transitive, union
from scaffold.core.patterns import regex
from scaffold.core.store import digest
from scaffold.model import names
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project

_ADDRESSES = regex(r"_generated/api(?:\.[jt]s)?$|^convex/server$")
_ROOT_MODULES = {"schema", "convex.config"}


class Imports:
    """The files that each file of a project imports, and through any number of hops.

    To be made when all helpers are known.
    """

    def __init__(self, project: Project) -> None:
        self.modules = [*project.modules.values(), *project.helpers.values()]
        self.places = {module.path: place for place, module in enumerate(self.modules)}
        self.tokens: list[bytes] = []
        self.direct: list[int] = []
        for place, module in enumerate(self.modules):
            found = sorted(_imported(project, module))
            self.tokens.append(_token(module, found))
            self.direct.append(1 << place | self.bits(path for _, path in found))
        self._reached = transitive(self.direct)
        self._digests = _Digests(self.tokens)

    def of(self, module: Module) -> bytes:
        """The digest of a module and all that it imports; files that import each other have each its own."""
        own = self.places[module.path]
        return digest(self.tokens[own] + self._digests.of(self._reached[own]))

    def bits(self, paths: Iterable[str]) -> int:
        """Files as a set; those that are not of the project are left out."""
        found = 0
        for path in paths:
            place = self.places.get(path)
            if place is not None:
                found |= 1 << place
        return found


class Closures:
    """The files that each module of a project hangs on, as one digest of their contents.

    Wider than what is really followed, never narrower: an address that is not written out to its end counts
    for all below it, and the schema and the app's definition count for everybody.
    """

    def __init__(self, project: Project) -> None:
        imports = self._imports = project.imports
        addresses = _Addresses(project)
        everything = (1 << len(imports.modules)) - 1
        self._digests = _Digests(
            [
                digest(token + _callers(project, module))
                for token, module in zip(imports.tokens, imports.modules, strict=True)
            ]
        )
        direct = (
            everything if addresses.hands_on(module) else imported | imports.bits(addresses.named(module))
            for imported, module in zip(imports.direct, imports.modules, strict=True)
        )
        self._reached = transitive(direct)
        roots = [module for module in project.modules.values() if module.name in _ROOT_MODULES]
        self._always = union(self._reached[imports.places[module.path]] for module in roots)

    def of(self, module: Module) -> bytes:
        """The digest of all that a module hangs on, itself included."""
        reached = self._reached[self._imports.places[module.path]]
        return self._digests.of(reached | self._always)

    def of_all(self) -> bytes:
        """The digest of what all modules hang on: the schema and the app's definition."""
        return self._digests.of(self._always)


class _Digests:
    """What stands for sets of files; many files hang on the same."""

    def __init__(self, tokens: list[bytes]) -> None:
        self._tokens = tokens
        self._known: dict[int, bytes] = {}

    def of(self, bits: int) -> bytes:
        """The digest of the tokens of a set."""
        if bits not in self._known:
            self._known[bits] = digest(b"".join(self._tokens[place] for place in places(bits)))
        return self._known[bits]


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
        for registered, known in project.directory.exported_again():
            self._users[registered].append(known)

    def named(self, module: Module) -> Iterator[str]:
        """The modules that a module comes to by addresses, or by which its functions are known."""
        for reference in module.facts.references:
            if reference.root != "components":
                yield from self._from(reference.path)
        yield from self._users.get(module.path, ())

    def _from(self, path: tuple[str, ...]) -> Iterator[str]:
        """The modules on the way of an address, and all those below it."""
        for size in range(1, len(path)):
            yield from self._exact.get("/".join(path[:size]), ())
        yield from self._below.get("/".join(path), ())

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
        loaded = (*everything, *dynamic, *module.facts.required)
        return any(_ADDRESSES.search(specifier) for specifier in loaded)


def _imported(project: Project, module: Module) -> Iterator[tuple[str, str]]:
    """The files behind what a module imports, by specifier."""
    for specifier in names.specifiers(module.facts):
        path = project.find(module, specifier)
        if path is not None:
            yield specifier, path


def _token(module: Module, imported: list[tuple[str, str]]) -> bytes:
    """What stands for a file, and for what it imports."""
    flags = (module.path, module.name, module.entry, module.test)
    return digest(module.digest + repr((flags, imported)).encode())


def _callers(project: Project, module: Module) -> bytes:
    """Who calls the functions of a module."""
    callers = {(mention.path[-1:], mention.by) for mention in project.mentions_in(module)}
    names = [entry.name for entry in project.directory.entries(module)]
    return repr((names, sorted(callers))).encode()
