"""Tables and their indexes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.core.places import Place
    from scaffold.model.module import Module
    from scaffold.model.validators import Validator
    from scaffold.model.values import Unknown
    from scaffold.source import nodes as n


class Index(msgspec.Struct, eq=False, kw_only=True):
    """One index. `fields` are the declared ones, without `_creationTime`; None when they cannot be read.

    `node` is the call `.index(…)` from its name on; removing it removes the index.
    """

    table: Table
    module: Module
    name: str | Unknown
    kind: Literal["db", "search", "vector"]
    fields: tuple[str, ...] | None
    node: n.Call
    staged: bool = False

    @property
    def place(self) -> Place:
        """From `.index` to the closing parenthesis."""
        return self.module.place(self.node.at, self.node.end)


class Table(msgspec.Struct, eq=False, kw_only=True, dict=True):
    """One table. `complete` is False when an index may be hidden from view.

    `package` is whose table it is, where a package publishes it; `node` is then where it is spread.
    """

    name: str
    module: Module
    node: n.Node
    read_document: Callable[[], Validator]
    indexes: list[Index] = msgspec.field(default_factory=list)
    complete: bool = True
    package: str = ""

    @cached_property
    def document(self) -> Validator:
        """What its documents are, read when it is asked for: of many tables a run asks for few."""
        return self.read_document()

    @property
    def place(self) -> Place:
        """Its name in the schema."""
        return self.module.at(self.node)

    def index(self, name: str) -> Index | None:
        """The index of that name."""
        return next((index for index in self.indexes if index.name == name), None)


class Schema(msgspec.Struct, eq=False, kw_only=True):
    """What `defineSchema` was given. `complete` is False when tables may be hidden (`...libTables`)."""

    module: Module
    node: n.Call
    tables: dict[str, Table]
    complete: bool = True
    validation: bool = True
