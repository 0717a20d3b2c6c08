"""A registered function, and how it was registered."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from scaffold.model.options import part_of, validator
from scaffold.model.steps import kinds
from scaffold.model.validators import Validator
from scaffold.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.module import Module
    from scaffold.model.steps import HelperCall, Step
    from scaffold.model.values import Definition
    from scaffold.source import nodes as n


class Kind(StrEnum):
    """The class of a function."""

    QUERY = "query"
    MUTATION = "mutation"
    ACTION = "action"
    HTTP = "httpAction"


class Builder(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What registered a function: `query`, `internalMutation`, or a custom one, followed to its base.

    `names` are the names on the way, the one in use first, the base last. `inputs` are the functions that
    run before the handler (`input` of customQuery, a wrapper around the handler). `adds` are the keys
    that they put on the context, None when that cannot be told. `resolved` is False when only its name
    speaks for it.
    """

    kind: Kind
    public: bool
    names: tuple[str, ...]
    custom: bool = False
    resolved: bool = True
    raw: bool = False
    """The base itself is used, from `_generated/server` or `convex/server`."""
    inputs: tuple[Body, ...] = ()
    arguments: Validator | None = None
    """What it takes of the arguments for itself, if it takes any; `complete` says whether that is all."""
    adds: frozenset[str] | None = frozenset()
    condition: Definition | None = None
    """What chooses it, where it is one of two."""
    takes_options: bool = True
    """It is known to be given `{ args, returns, handler }`; a wrapper may have a form of its own."""


class Reached(msgspec.Struct, frozen=True, eq=False):
    """A step that a function comes to, itself (`via` is empty) or through helpers."""

    step: Step
    via: tuple[HelperCall, ...] = ()
    prelude: bool = False
    """It belongs to the builder's input, which runs before the handler."""

    @property
    def levels(self) -> tuple[Step, ...]:
        """The calls of helpers that lead to it, outermost first, and the step itself."""
        return (*self.via, self.step)


class Function(msgspec.Struct, eq=False, kw_only=True, dict=True):
    """A registered function. `identifier` is as Convex spells it: `users/public:list`."""

    module: Module
    name: str
    builder: Builder
    call: n.Call
    call_module: Module
    name_node: n.Node
    syntax: Literal["object", "positional", "unknown"]
    options: n.Object | None = None
    options_module: Module
    handler: n.Function | None = None
    read_body: Callable[[], Body] | None = None
    read_args: Callable[[], Validator] | None = None
    """Reads the validator of its arguments, where no options hold it."""
    conditional: n.Node | None = None
    """The condition under which it is exported, if there is one."""
    package: str = ""
    """The package that makes it, of whose code nothing is in view."""

    @property
    def kind(self) -> Kind:
        """Query, mutation, action or HTTP action."""
        return self.builder.kind

    @property
    def public(self) -> bool:
        """Whether clients can call it."""
        return self.builder.public

    @property
    def transactional(self) -> bool:
        """Whether it is a query or a mutation."""
        return self.kind in {Kind.QUERY, Kind.MUTATION}

    @property
    def is_exported_again(self) -> bool:
        """Whether the module of its call registers it too; a function that makes others only holds calls."""
        home = self.call_module
        if home is self.module or not home.entry:
            return False
        return any(each.call.start == self.call.start for each in home.project.functions_of(home))

    @property
    def identifier(self) -> str:
        """`module:name`, with `default` for the default export."""
        return f"{self.module.name}:{self.name}"

    @property
    def place(self) -> Place:
        """Its name where it is exported."""
        return self.module.at(self.name_node)

    @cached_property
    def comment(self) -> str:
        """The lines of the comment right above its registration, without what makes them a comment."""
        return self.call_module.comment_above(self.call)

    def option(self, key: str) -> n.Property | None:
        """A part of the options object, if it is written there."""
        return part_of(self.options, key)

    @cached_property
    def body(self) -> Body | None:
        """The body of its handler, read when it is asked for; None where no handler is in view."""
        return self.read_body() if self.read_body else None

    @cached_property
    def args(self) -> Validator | Unknown | None:
        """The validator of its arguments; None when there is none."""
        return self.read_args() if self.read_args else self._declared("args")

    @cached_property
    def returns(self) -> Validator | Unknown | None:
        """The validator of what it returns; None when there is none."""
        return self._declared("returns")

    @cached_property
    def sent(self) -> Validator | Unknown | None:
        """The validator of what callers send: `args`, and what the builder takes for itself."""
        own, more = self.args, self.builder.arguments
        if more is None:
            return own
        if not isinstance(own, Validator) or own.kind != "object" or more.kind != "object":
            return Unknown("the builder takes arguments of its own")
        return own.joined(more)

    @property
    def arguments(self) -> Mapping[str, Validator]:
        """The validators of its arguments, by name; none where they are not declared, or not in view."""
        return self.args.fields if isinstance(self.args, Validator) else {}

    def argument(self, path: tuple[str, ...]) -> Validator | None:
        """The validator of an argument, or of a part of one, by the way to it."""
        return self.args.at(path) if isinstance(self.args, Validator) else None

    def _declared(self, key: str) -> Validator | Unknown | None:
        if self.options is None and self.syntax == "unknown":
            return Unknown(f"{key} may be among options that are not in view")
        return validator(self.options_module, self.options, key)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """All steps it comes to: the builder's input, then the handler, helpers where they are called."""
        from scaffold.model.reach import reach  # noqa: PLC0415 - it walks functions

        return tuple(reach(self))

    @cached_property
    def ways(self) -> list[tuple[Body, tuple[HelperCall, ...], bool]]:
        """The bodies it comes to, each with the helpers on the way, and whether in the prelude."""
        from scaffold.model.reach import ways  # noqa: PLC0415 - it walks functions

        return ways(self)

    def steps(self, kind: type[Step]) -> Iterator[Reached]:
        """The reached steps of one kind, or of several with one base."""
        for step_type in kinds(kind):
            yield from self._by_type.get(step_type, ())

    @cached_property
    def _by_type(self) -> dict[type[Step], list[Reached]]:
        found: dict[type[Step], list[Reached]] = {}
        for reached in self.reached:
            found.setdefault(type(reached.step), []).append(reached)
        return found
