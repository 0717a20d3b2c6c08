"""What is shown of a project: all of it, or one module's functions with what these come to."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from scaffold.model.function import Reached
from scaffold.model.steps import Read, Step, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.steps import HelperCall
    from scaffold.model.values import Unknown
    from scaffold.model.wiring import Cron, Route

_S = TypeVar("_S", bound=Step)
_T = TypeVar("_T")
BodyKey: TypeAlias = tuple[str, int, int]
_Key: TypeAlias = "BodyKey | tuple[str, int, int, tuple[tuple[str, str], ...]]"
_Place: TypeAlias = "tuple[int, int, type, str | Unknown | None, int | None]"


class View(msgspec.Struct, eq=False, kw_only=True, dict=True):
    """The part of a project that a rule looks at. What it asks of other parts by name, it still gets.

    `functions` are registered under a name, `unexported` where their route is; `others` reads the bodies
    that no function leads to: those of strays, and the top levels of modules.
    """

    modules: Iterable[Module] = ()
    functions: list[Function] = msgspec.field(default_factory=list)
    unexported: list[Function] = msgspec.field(default_factory=list)
    crons: list[Cron] = msgspec.field(default_factory=list)
    routes: list[Route] = msgspec.field(default_factory=list)
    others: Callable[[], Iterable[Body]] = tuple

    def __post_init__(self) -> None:
        self._derived: dict[Any, Any] = {}

    @cached_property
    def reached(self) -> dict[int, Body]:
        """The bodies that its functions come to, helpers behind their callers."""
        found: dict[int, Body] = {}
        for function in (*self.functions, *self.unexported):
            for root in (*function.builder.inputs, function.body):
                if root is not None:
                    _enter(root, found)
        return found

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """Every body in it: handlers, inputs of builders, helpers, strays, top levels."""
        found = dict(self.reached)
        for root in self.others():
            _enter(root, found)
        return tuple(found.values())

    @property
    def entered(self) -> frozenset[BodyKey]:
        """The functions of the code whose bodies its registered functions come to."""
        return frozenset(key_of(body) for body in self.reached.values())

    def steps(self, kind: type[_S]) -> Iterator[_S]:
        """The steps of one kind, each place once, in all bodies; a read once for every table told."""
        for step_type in kinds(kind):
            yield from self._steps.get(step_type, ())  # type: ignore[misc]

    def owners(self, step: Step) -> tuple[tuple[Function, Reached], ...]:
        """The registered functions that come to a step, each with the way there."""
        found = self._owners.get(_teller(step.body) if type(step) is Read else key_of(step.body), ())
        return tuple((owner, Reached(step, via, prelude)) for owner, via, prelude in found)

    def derived(self, project: Project, compute: Callable[[Project], _T]) -> _T:
        """What a function makes of what is shown, computed once."""
        if compute not in self._derived:
            self._derived[compute] = compute(project)
        return self._derived[compute]  # type: ignore[no-any-return]

    @cached_property
    def _owners(self) -> dict[_Key, list[tuple[Function, tuple[HelperCall, ...], bool]]]:
        found: dict[_Key, list[tuple[Function, tuple[HelperCall, ...], bool]]] = defaultdict(list)
        for function in (*self.functions, *self.unexported):
            seen: set[_Key] = set()
            for body, via, prelude in function.ways:
                for key in (key_of(body), _teller(body)) if body.told else (key_of(body),):
                    if key not in seen:  # the same helper under other parameters
                        seen.add(key)
                        found[key].append((function, via, prelude))
        return found

    @cached_property
    def _steps(self) -> dict[type, list[Step]]:
        found: dict[type, list[Step]] = defaultdict(list)
        seen: dict[BodyKey, set[_Place]] = defaultdict(set)
        ours: dict[str, set[_Place]] = defaultdict(set)  # where steps of registered functions stand, by file
        for body in self.bodies:
            known, here = seen[key_of(body)], ours[body.module.path]
            is_ours = id(body) in self.reached
            for step in body.steps:
                told, way = _which(step) if type(step) is Read else (None, None)
                key = (step.node.start, step.node.end, type(step), told, way)
                if key not in known and (is_ours or key not in here):  # a factory holds what it registers
                    known.add(key)
                    found[type(step)].append(step)
            if is_ours:
                here |= known
        return found


def _which(read: Read) -> tuple[str | Unknown | None, int | None]:
    """What tells apart the reads that one call can be."""
    return read.table if read.body.told else None, read.way


def key_of(body: Body) -> BodyKey:
    """Which function of the code a body is of, under whatever parameters."""
    return body.module.path, body.function.start, body.function.end


def _teller(body: Body) -> _Key:
    """The same with the tables that its callers name."""
    return (*key_of(body), body.told) if body.told else key_of(body)


def _enter(root: Body, found: dict[int, Body]) -> None:
    """Add a body and those that it comes to, however many helpers lead there."""
    pending = [root]
    while pending:
        body = pending.pop()
        if id(body) not in found:
            found[id(body)] = body
            pending += (call.callee for call in reversed(body.calls) if call.callee is not None)
