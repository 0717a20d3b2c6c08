"""A folder on disk to a workspace: projects with their functions, tables, routes and callers."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING

from scaffold.core.findings import Blind
from scaffold.core.patterns import regex
from scaffold.core.places import Lines, Place
from scaffold.core.text import is_text
from scaffold.model import app_reader, discovery, facts, files, mentioning, names, wiring_reader
from scaffold.model.builders import BuilderReader
from scaffold.model.functions import FunctionReader
from scaffold.model.installed import declared_version, generates_env, package_version
from scaffold.model.locating import Locator
from scaffold.model.module import Module
from scaffold.model.outside import Outside, Reading
from scaffold.model.project import Project, Workspace
from scaffold.model.registrations import Registrations
from scaffold.model.resolving import Resolver
from scaffold.model.schema_reader import SchemaReader
from scaffold.model.validator_reader import ValidatorReader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from scaffold.model.function import Kind
    from scaffold.model.schema import Schema
    from scaffold.model.validators import Validator
    from scaffold.model.wiring import Wiring

_CALLS_CONVEX = regex(rb"_generated/|convex|anyApi|\bapi\s*[.,}]")
_NEAR = 3  # hops from the functions, within which most of what is imported is looked into
_ENTRY = regex(r"^[^.# ][^. ]*\.[^. ]+$")


class Hints:
    """What the configuration says of names that cannot be followed."""

    def __init__(
        self,
        builders: Mapping[str, tuple[Kind, bool]] | None = None,
        access_checks: Iterable[str] = (),
        instrumented: Iterable[str] = (),
    ) -> None:
        self.builders = dict(sorted((builders or {}).items()))
        self.access_checks = frozenset(access_checks)
        self.instrumented = frozenset(instrumented)


def load(
    root: Path,
    *,
    hints: Hints | None = None,
    cache: Path | None = None,
    cache_name: str = "",
    contents: Mapping[str, bytes] | None = None,
) -> Workspace:
    """Every Convex project below a folder; `blind` says what of it could not be seen.

    `cache` is a folder for facts; `cache_name` tells whose they are, where `root` is a folder of the moment.
    What is said of files is not kept where the name of one is no UTF-8, which is how it would be kept.
    `contents` stand in for those of files on disk.
    """
    name = cache_name or str(root.resolve())
    reader = facts.Reader(root, cache, name, contents)
    loaded = _Loader(root, hints or Hints(), reader, Registrations(cache, name)).load()
    loaded.cache, loaded.name = cache if is_text("".join(loaded.contents)) else None, cache_name
    return loaded


class _Loader:
    def __init__(self, root: Path, hints: Hints, reader: facts.Reader, registrations: Registrations) -> None:
        self._root = root
        self._hints = hints
        self._reader = reader
        self._registrations = registrations
        self._loaded = False
        self._blind: list[Blind] = []
        self._entries = {entry.path: entry for entry in files.walk(root, self._closed)}
        self._found = discovery.find(root, self._entries.values(), reader.content)
        self._folders = {found.folder for found in self._found}
        self._locator = Locator(root, self._entries)
        self._sources: dict[str, facts.Source] = {}

    def load(self) -> Workspace:
        """Read, then understand."""
        inside, outside = self._candidates()
        self._read(inside)
        self._read_helpers(inside)
        clients = [path for path in outside if path not in self._sources]
        self._read(clients, outlined=frozenset(clients))
        owned: dict[str | None, list[str]] = {}
        for path in inside:
            owned.setdefault(discovery.owner(path, self._folders), []).append(path)
        projects = tuple(self._project(found, owned.get(found.folder, [])) for found in self._found)
        around = self._around([path for path in outside if path in self._sources])
        for project in projects:
            self._understand(project, around)
        self._reader.save()
        self._registrations.save()
        self._loaded = True
        return Workspace(
            root=self._root,
            projects=projects,
            blind=tuple(self._blind),
            contents={path: source.content for path, source in self._sources.items()},
        )

    # --- files -------------------------------------------------------------------------------------------

    def _candidates(self) -> tuple[list[str], list[str]]:
        """Paths inside of the functions folders, and those outside that may speak of them."""
        inside: list[str] = []
        outside: list[str] = []
        if not self._found:
            return inside, outside
        for path, entry in self._entries.items():
            if not _is_code(path):
                continue
            if entry.size > files.TOO_LARGE:
                self._note("file", f"it is larger than {files.TOO_LARGE // 1_000_000} MB", path)
            elif discovery.owner(path, self._folders) is not None:
                inside.append(path)
            elif self._speaks(path):
                outside.append(path)
        return inside, outside

    def _speaks(self, path: str) -> bool:
        return _CALLS_CONVEX.search(files.content(self._root / path)) is not None

    def _read_helpers(self, inside: list[str]) -> None:
        """Read what the functions folders import from outside of them, a hop at a time.

        A page that somebody imports a function from brings the whole of a client along, of which no more than
        an outline is asked for.
        """
        seen = {path for path in inside if not files.is_test(path)}
        pending = seen
        for hop in count(1):
            imported = {
                self.locate(path, specifier)
                for path in pending & self._sources.keys()
                for specifier in names.specifiers(self._sources[path].facts)
            }
            pending = {path for path in imported if path is not None and _is_code(path)} - seen
            if not pending:
                return
            self._read(sorted(pending - self._sources.keys()), outlined=() if hop <= _NEAR else pending)
            seen |= pending

    def _read(self, paths: list[str], outlined: Collection[str] = ()) -> None:
        for source in self._reader.read(paths, outlined):
            if source.problem:
                self._note("file", source.problem, source.path)
                continue
            self._sources[source.path] = source
        if self._loaded:  # a helper that only a rule asked for
            self._reader.save()

    def _closed(self, folder: str, reason: str) -> None:
        self._note("file", reason, folder or ".")

    def _note(self, kind: str, reason: str, path: str) -> None:
        blind = Blind(kind, reason, Place(path, 1, 1, 1, 1, 0, 0))
        if blind not in self._blind:  # what nobody can read is asked for again by each that imports it
            self._blind.append(blind)

    # --- projects ----------------------------------------------------------------------------------------

    def _project(self, found: discovery.Found, inside: list[str]) -> _Project:
        project = _Project(root=self._root, folder=found.folder, component=found.component)
        project.loader = self
        project.version = self._version(found.folder)
        project.generates_env = generates_env(self._root / found.folder)
        project.access_checks = self._hints.access_checks
        project.instrumented = self._hints.instrumented
        for path in inside:
            if path in self._sources:
                project.modules[path] = self._module(project, path)
        project.resolver = Resolver(project.locate)
        project.validators = ValidatorReader(project.resolver, lambda table: _document(project, table))
        project.builders = BuilderReader(project, self._hints.builders)
        for module in _idle(project):
            module.test = True
        for module in project.modules.values():
            self._unparsed(project, module)
        return project

    def _module(self, project: Project, path: str, *, inside: bool = True) -> Module:
        relative = path[len(project.folder) + 1 :] if project.folder else path
        name = relative.rpartition(".")[0]
        source = self._sources[path]
        test = files.is_test(path)
        last = path.rpartition("/")[2]
        entry = inside and not test and _ENTRY.match(last) is not None and name != "schema"
        module = Module(
            file=self._root / path,
            path=path,
            name=name,
            facts=source.facts,
            project=project,
            entry=entry,
            test=test,
            imports=names.imports(source.facts),
            digest=source.digest,
        )
        module.lines = Lines(path, source.content)
        return module

    def helper_module(self, project: Project, path: str) -> Module | None:
        """A file outside of the functions folder that a module imports; parsed when it is asked for."""
        if not _is_code(path):
            return None
        if path not in self._sources:
            self._read([path])
        if path not in self._sources:
            return None
        return self._module(project, path, inside=False)

    def locate(self, path: str, specifier: str) -> str | None:
        """The file behind a specifier."""
        return self._locator.find(path, specifier)

    def _version(self, folder: str) -> str:
        start = self._root / folder if folder else self._root
        return package_version(start, "convex") or self.asked(folder, "convex") or ""

    def asked(self, folder: str, package: str) -> str | None:
        """The lowest version of a package that the project in a folder asks for."""
        return declared_version(self._root / folder if folder else self._root, package)

    def _unparsed(self, project: Project, module: Module) -> None:
        if module.facts.errors:
            start, end = module.facts.errors[0]
            place = module.place(start, end)
            project.blind.append(Blind("syntax", "it does not parse here; the rest was read", place))

    # --- understanding -----------------------------------------------------------------------------------

    def _understand(self, project: _Project, around: Outside) -> None:
        self._app(project)
        for _ in project.imported_from_outside():  # they are known then, before others count as clients
            pass
        project.directory = self._registrations.directory(project)
        for module in [*project.modules.values(), *project.helpers.values()]:
            project.mentions.extend(mentioning.references(module, "test" if module.test else "server"))
        project.mentions.extend(around.mentions(project))
        who = {mention.by for mention in project.mentions}
        project.clients_in_view = "client" in who
        project.tests_in_view = not who.isdisjoint({"test", "untested"})

    def _app(self, project: _Project) -> None:
        module = project.at_root("convex.config", ("ts", "js"))
        if module is not None:
            app_reader.read(project, module)

    def _around(self, parsed: list[str]) -> Outside:
        """The files outside of the functions folders: those that are parsed, and those of other kinds."""
        others = {
            path: self._root / path
            for path, entry in self._entries.items()
            if entry.size <= files.TOO_LARGE
            and path.endswith((*files.EMBEDDED, *files.PAGES, *files.FOREIGN))
            and discovery.owner(path, self._folders) is None
        }
        module = partial(self._module, inside=False)
        return Outside(parsed, others, Reading(self._sources, self._folders, self.locate, module))


def _is_code(path: str) -> bool:
    """Whether a file may hold code that somebody wrote and that runs."""
    return path.endswith(files.SOURCES) and not (files.is_declaration(path) or files.is_generated(path))


class _Project(Project):
    """A project that knows how to find the files that it imports."""

    loader: _Loader

    @cached_property
    def wiring(self) -> Wiring:
        """All cron jobs and HTTP routes."""
        return wiring_reader.read(self, FunctionReader(self))

    @cached_property
    def schema(self) -> Schema | None:
        """The schema."""
        module = self.at_root("schema", ("ts", "js", "tsx", "mts"))
        version = partial(self.loader.asked, self.folder)
        return SchemaReader(self.resolver, version).read(module) if module is not None else None

    def at_root(self, name: str, suffixes: tuple[str, ...]) -> Module | None:
        """The file of this name right in the functions folder, with the first suffix that there is."""
        folder = f"{self.folder}/" if self.folder else ""
        return next(filter(None, (self.modules.get(f"{folder}{name}.{each}") for each in suffixes)), None)

    def find(self, module: Module, specifier: str) -> str | None:
        """The path behind a specifier, whether it is read or not."""
        return self.loader.locate(module.path, specifier)

    def locate(self, module: Module, specifier: str) -> Module | None:
        """The file of the project behind a specifier."""
        path = self.find(module, specifier)
        if path is None:
            return None
        known = self.modules.get(path) or self.helpers.get(path)
        if known is None:
            known = self.loader.helper_module(self, path)
            if known is not None:
                self.helpers[path] = known
        return known


def _document(project: Project, table: str) -> Validator | None:
    known = project.tables.get(table)
    return known.document if known else None


def _idle(project: _Project) -> Iterable[Module]:
    """Files beside the functions that Convex does not deploy and that nothing deployed imports."""
    idle = {
        module.path: module for module in project.modules.values() if not module.bundled and not module.test
    }
    pending = [module for module in project.modules.values() if module.bundled] if idle else []
    while pending:
        module = pending.pop()
        for specifier in names.specifiers(module.facts):
            target = project.locate(module, specifier)
            if target is not None and target.path in idle:
                pending.append(idle.pop(target.path))
    return idle.values()
