"""A Convex project as rules see it, and the workspace that holds all projects of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.findings import Blind
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.module import Module
    from scaffold.model.schema import Schema, Table
    from scaffold.model.steps import Step, Target
    from scaffold.model.values import Reference
    from scaffold.model.wiring import Cron, Mention, Route

_T = TypeVar("_T")


@dataclass(eq=False, kw_only=True)
class Project:
    """One functions folder with what belongs to it. `folder` is its path relative to the root of the run.

    `version` is the installed or declared version of `convex` ("" if neither). `environment` is what
    convex.config declares in `env`. `clients_in_view` tells whether code that calls from outside was found.
    `component`: the folder is a component's, so there are no direct clients.
    """

    root: Path
    folder: str
    modules: dict[str, Module] = field(default_factory=dict)
    helpers: dict[str, Module] = field(default_factory=dict)
    """Files of the project outside of the functions folder that its modules import, by path."""
    functions: list[Function] = field(default_factory=list)
    schema: Schema | None = None
    crons: list[Cron] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    strays: list[Body] = field(default_factory=list)
    """Bodies that take a context and that no registered function in view reaches."""
    version: str = ""
    environment: frozenset[str] | None = None
    components: frozenset[str] = frozenset()
    clients_in_view: bool = False
    component: bool = False
    blind: list[Blind] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, Table]:
        """The tables in view."""
        return self.schema.tables if self.schema else {}

    def resolve(self, target: Target | Reference) -> Function | None:
        """The function of this project that a reference or definition means, if it is in view."""
        raise NotImplementedError

    def mentions_of(self, function: Function) -> tuple[Mention, ...]:
        """Who names the function by its address."""
        raise NotImplementedError

    def owners(self, step: Step) -> tuple[tuple[Function, Reached], ...]:
        """The registered functions that come to a step, each with the way there."""
        raise NotImplementedError

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """Every body that was read, each once: handlers, inputs of builders, helpers, strays."""
        raise NotImplementedError

    def steps(self, kind: type[_T]) -> Iterator[_T]:
        """The steps of one kind, each place once, in all bodies."""
        raise NotImplementedError

    def reach_file(self, module: Module) -> Iterator[tuple[Module, tuple[Module, ...]]]:
        """The modules that a module imports, through any number of hops, each with the way to it."""
        raise NotImplementedError


@dataclass(eq=False, kw_only=True)
class Workspace:
    """All projects below one root."""

    root: Path
    projects: tuple[Project, ...]
    blind: tuple[Blind, ...] = ()
    files: int = 0
