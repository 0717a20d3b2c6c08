"""Validators (`v.string()`, `v.object({…})`) as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from scaffold.core.places import Place
    from scaffold.model.module import Module
    from scaffold.source import nodes as n


class Validator(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One validator.

    `kind` is as `convex` names it: string, number, int64, commitTs, boolean, null, bytes, any, literal, id,
    array, object, record, union, or `unknown` for what cannot be read (`reason` says why); `zod` marks a
    schema of another library. A commitTs is an int64 to whoever reads it or sends it.
    """

    kind: str
    module: Module | None = None
    node: n.Node | None = None
    optional: bool = False
    value: str | float | int | bool | None = None  # of a literal; a bigint is an int
    table: str | None = None  # of an id
    fields: Mapping[str, Validator] = msgspec.field(default_factory=dict)  # of an object
    complete: bool = True  # no field of the object is hidden behind something unknown
    members: tuple[Validator, ...] = ()  # of a union
    element: Validator | None = None  # of an array; of a record its values
    keys: Validator | None = None  # of a record
    reason: str = ""

    @property
    def place(self) -> Place | None:
        """Where it is written; None for what no file holds."""
        return self.module.at(self.node) if self.module is not None and self.node is not None else None

    def partial(self) -> Validator:
        """The same with fields that may all be missing; of a union, its members."""
        if self.kind == "union":
            return replace(self, members=tuple(member.partial() for member in self.members))
        return replace(self, fields={key: replace(each, optional=True) for key, each in self.fields.items()})

    def joined(self, more: Validator) -> Validator:
        """The same with the fields of another object; of a union, its members."""
        if self.kind == "union":
            return replace(self, members=tuple(member.joined(more) for member in self.members))
        if self.kind != "object":
            return self
        return replace(self, fields={**self.fields, **more.fields}, complete=self.complete and more.complete)

    def chosen(self, names: Collection[str] | None, *, keep: bool) -> Validator:
        """The same with those fields only that are named, or with the others; None are not known."""
        fields = {key: each for key, each in self.fields.items() if (key in (names or ())) == keep}
        return replace(self, fields=fields, complete=self.complete and names is not None)

    def walk(self) -> Iterator[Validator]:
        """This validator and all inside of it."""
        yield self
        for part in (*self.fields.values(), *self.members, self.element, self.keys):
            if part is not None:
                yield from part.walk()

    def at(self, path: tuple[str, ...]) -> Validator | None:
        """The validator of a field by its path; None if there is none or it cannot be told."""
        if not path:
            return self
        inner = self.fields.get(path[0])
        return inner.at(path[1:]) if inner is not None else None

    def may_have(self, path: tuple[str, ...]) -> bool:
        """Whether a value may have something at a path; only what is wholly in view can say no."""
        if not path or self.kind in {"any", "record", "unknown", "zod"}:
            return True
        if self.kind == "union":
            return not self.members or any(member.may_have(path) for member in self.members)
        inner = self.fields.get(path[0])
        return inner.may_have(path[1:]) if inner is not None else not self.complete
