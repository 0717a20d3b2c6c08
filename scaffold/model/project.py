"""A Convex project as rules see it, and the workspace that holds all projects of a run."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from scaffold.model import names
from scaffold.model.body_reader import BodyReader
from scaffold.model.builders import looks_registered
from scaffold.model.catalogues import inserted
from scaffold.model.closures import Imports
from scaffold.model.directory import Directory, address
from scaffold.model.installed import declared
from scaffold.model.strays import strays
from scaffold.model.values import (
    Definition,
    Reference,
)
from scaffold.model.view import View
from scaffold.model.wiring import Wiring
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scaffold.core.findings import Blind
    from scaffold.model.body import Body
    from scaffold.model.builders import BuilderReader
    from scaffold.model.catalogues import Inserted
    from scaffold.model.function import Function, Reached
    from scaffold.model.module import Module
    from scaffold.model.resolving import Resolver
    from scaffold.model.schema import Schema, Table
    from scaffold.model.steps import Step, Target
    from scaffold.model.validator_reader import ValidatorReader
    from scaffold.model.view import BodyKey
    from scaffold.model.wiring import Cron, Mention, Route, Who

_S = TypeVar("_S", bound="Step")
_T = TypeVar("_T")


@dataclass(eq=False, kw_only=True)
class Project:
    """One functions folder with what belongs to it. `folder` is its path relative to the root of the run.

    `version` is the installed or declared version of `convex` ("" if neither). `generates_env`: the
    generated code of an older version, without the typed `env`, does not stand there. `environment` is what
    convex.config declares in `env`. `clients_in_view` and `tests_in_view` tell whether any were found.
    `component`: the folder is a component's, so there are no direct clients.
    """

    root: Path
    folder: str
    modules: dict[str, Module] = field(default_factory=dict)
    """Files of the functions folder by path, tests too."""
    helpers: dict[str, Module] = field(default_factory=dict)
    """Files outside of the functions folder that its modules import, by path."""
    mentions: list[Mention] = field(default_factory=list)
    version: str = ""
    generates_env: bool = True
    environment: frozenset[str] | None = None
    components: frozenset[str] = frozenset()
    access_checks: frozenset[str] = frozenset()
    """Names of functions and builders that the configuration declares to check access."""
    instrumented: frozenset[str] = frozenset()
    """Names of builders that the configuration declares to log duration and outcome."""
    clients_in_view: bool = False
    tests_in_view: bool = False
    component: bool = False
    blind: list[Blind] = field(default_factory=list)
    resolver: Resolver = field(init=False)
    validators: ValidatorReader = field(init=False)
    builders: BuilderReader = field(init=False)
    reader: BodyReader = field(init=False)
    directory: Directory = field(default_factory=Directory)
    """The registered functions, all of them."""

    def __post_init__(self) -> None:
        self.reader = BodyReader(self)
        self._shown: View | None = None

    @property
    def functions(self) -> list[Function]:
        """The registered functions that are shown."""
        return self.view.functions

    @property
    def unexported(self) -> list[Function]:
        """HTTP actions that are registered where their route is, under no name."""
        return self.view.unexported

    @property
    def crons(self) -> list[Cron]:
        """The cron jobs that are shown."""
        return self.view.crons

    @property
    def routes(self) -> list[Route]:
        """The HTTP routes that are shown."""
        return self.view.routes

    @cached_property
    def wiring(self) -> Wiring:
        """All cron jobs and HTTP routes. Told by who loads the project."""
        return Wiring()

    @cached_property
    def schema(self) -> Schema | None:
        """The schema, if there is one. Told by who loads the project."""
        return None

    @property
    def tables(self) -> dict[str, Table]:
        """The tables in view."""
        return self.schema.tables if self.schema else {}

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The packages that package.json asks for, beside the functions folder or above it."""
        return frozenset(declared(self.root / self.folder))

    # --- looking up --------------------------------------------------------------------------------------

    def resolve(self, target: Target) -> Function | None:
        """The function of this project that a reference or definition means, if it is in view."""
        if isinstance(target, Reference) and target.root != "components" and target.path:
            return self.directory.at(target.path) or self.directory.at((*target.path, "default"))
        return self.directory.made_by(target) if isinstance(target, Definition) else None

    def mentions_of(self, function: Function) -> tuple[Mention, ...]:
        """Who names the function by its address."""
        return tuple(self._mentions.get(address(function.module, function.name), ()))

    def mentions_in(self, module: Module) -> list[Mention]:
        """Who names something in a module by its address."""
        return self._mentions_by_module.get(module.name, [])

    def is_handed_on(self, function: Function, by: Who) -> bool:
        """Whether somebody passes on a function, its whole module, or a folder above it: `use(api.stats)`."""
        path = address(function.module, function.name)
        above = (self._mentions.get(path[:size], ()) for size in range(len(path) + 1))
        return any(mention.by == by and mention.root == "api" for found in above for mention in found)

    def owners(self, step: Step) -> tuple[tuple[Function, Reached], ...]:
        """The registered functions shown that come to a step, each with the way there."""
        return self.view.owners(step)

    def derived(self, compute: Callable[[Project], _T]) -> _T:
        """What a function makes of what is shown of the project, computed once."""
        return self.view.derived(self, compute)

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Every body that is shown: handlers, inputs of builders, helpers, strays, top levels."""
        return self.view.bodies

    def steps(self, kind: type[_S]) -> Iterator[_S]:
        """The steps of one kind, each place once, in all bodies shown."""
        return self.view.steps(kind)

    def imported_from_outside(self) -> Iterator[Module]:
        """The files outside of the functions folder that its modules import, through any number of hops."""
        shown = self._shown.modules if self._shown else self.modules.values()
        pending = [module for module in shown if not module.test]
        seen = set(self.modules)
        while pending:
            for imported in self.imported(pending.pop()):
                if imported.path not in seen:
                    seen.add(imported.path)
                    pending.append(imported)
                    yield imported

    def imported(self, module: Module) -> Iterator[Module]:
        """The files of the project that a module imports or requires itself, as values."""
        for specifier in names.specifiers(module.facts):
            other = self.locate(module, specifier)
            if other is not None:
                yield other

    def locate(self, module: Module, specifier: str) -> Module | None:
        """The file of the project behind a specifier. Set by who loads the project."""
        raise NotImplementedError

    def find(self, module: Module, specifier: str) -> str | None:
        """The path behind a specifier, whether it is read or not. Set by who loads the project."""
        raise NotImplementedError

    @cached_property
    def imports(self) -> Imports:
        """What imports what, once all helpers are known."""
        return Imports(self)

    @cached_property
    def inserted(self) -> Inserted:
        """The tables that its files insert into, once all helpers are known."""
        return inserted((*self.modules.values(), *self.helpers.values()))

    # --- views -------------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """What is shown: all of the project, unless a view of a part was asked for."""
        return self._shown or self._whole

    @cached_property
    def _whole(self) -> View:
        return View(
            modules=self.modules.values(),
            functions=self.directory.all(),
            unexported=self.wiring.unexported,
            crons=self.wiring.crons,
            routes=self.wiring.routes,
            others=self._others,
        )

    @contextmanager
    def showing(self, view: View) -> Iterator[None]:
        """Show a part of the project only. What is asked for by its name or place is still found."""
        self._shown = view
        try:
            yield
        finally:
            self._shown = None

    def part(self, module: Module) -> View:
        """What belongs to one module, strays left out: what its functions and its top level come to."""
        return View(
            modules=(module,),
            functions=self.functions_of(module),
            unexported=[each for each in self.wiring.unexported if each.module is module],
            crons=[each for each in self.wiring.crons if each.module is module],
            routes=[each for each in self.wiring.routes if each.module is module],
            others=lambda: () if module.test else (self.reader.top(module),),
        )

    def strays_of(self, module: Module, entered: frozenset[BodyKey]) -> View:
        """The functions of a module that take a context and that no registered function comes to.

        Those that registered functions do come to are in `entered`.
        """
        return View(others=lambda: strays(self, module, entered))

    @cached_property
    def strays(self) -> tuple[Body, ...]:
        """All functions that take a context and that no registered function comes to."""
        entered = self._whole.entered
        return tuple(body for module in self.modules.values() for body in strays(self, module, entered))

    def _others(self) -> Iterator[Body]:
        """The bodies of the whole project that no registered function comes to, the top levels last."""
        yield from self.strays
        for module in self.modules.values():
            if not module.test:
                yield self.reader.top(module)

    def functions_of(self, module: Module) -> list[Function]:
        """The functions that a module registers or exports again."""
        return self.directory.of(module)

    def is_registered(self, definition: Definition) -> bool:
        """Whether a definition is a registered function."""
        node = definition.node
        if not isinstance(node, n.Call):
            return False
        builder = self.builders.meant(self.resolver.within(definition, node.callee), node.callee)
        return builder is not None and (builder.resolved or looks_registered(node))

    # --- indexes -----------------------------------------------------------------------------------------

    @cached_property
    def _mentions_by_module(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            found["/".join(mention.path[:-1])].append(mention)
        return found

    @cached_property
    def _mentions(self) -> dict[tuple[str, ...], list[Mention]]:
        found: dict[tuple[str, ...], list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            found[mention.path].append(mention)
        return found


class Workspace(msgspec.Struct, eq=False, kw_only=True):
    """All projects below one root, and the `contents` of their files as they were read.

    What is worked out for it may be kept in `cache`, a folder; under `name` where `root` is of the moment.
    """

    root: Path
    projects: tuple[Project, ...]
    blind: tuple[Blind, ...] = ()
    contents: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    cache: Path | None = None
    name: str = ""
