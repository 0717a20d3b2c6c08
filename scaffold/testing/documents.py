"""Documents for tests: made of the schema, as far as a test does not say what is in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convex.values import convex_to_json

from scaffold.testing import shapes

if TYPE_CHECKING:
    from scaffold.testing.client import Client
    from scaffold.testing.shapes import Shape
    from scaffold.testing.target import Target

_PEOPLE = re.compile(
    r"user|profile|account|member|people|person|customer|author|player|identit", re.IGNORECASE
)
_WHOLE_IDENTITY = re.compile(r"token_?identifier|identity", re.IGNORECASE)
_SUBJECT = re.compile(
    r"subject|clerk|workos|auth0?_?id|external|user_?id|owner|author|creator|created_?by", re.IGNORECASE
)
_ID_LENGTH = 32
_DEEP = 6  # documents that need documents that need …


class Documents:
    """Puts documents into the embedded backend's tables."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._shapes: dict[str, Shape] | None = None

    def add(self, table: str, owner: Client | None = None, **fields: Any) -> str:
        """Add a document, with the plainest values that fit for what `fields` leaves out; its id.

        Where it refers to a user, that is `owner`. Other documents that it needs are added as well.
        """
        return self._add(table, owner, fields, _DEEP)

    def all(self, table: str) -> list[dict[str, Any]]:
        """The documents of a table, as JSON."""
        return self._target.control.table(table)

    def absent(self, table: str) -> str:
        """An id of a table, of a document that is not there."""
        return "9999".rjust(max(_ID_LENGTH - len(table), 5), "0") + table

    def ids(self, table: str, owner: Client | None = None) -> list[str]:
        """Ids of documents of a table, one of them `owner`'s, and one of a document that is not there."""
        if table.startswith("_"):
            return [self.absent(table)]
        rows = self.all(table)
        if not rows and self.can_add(table):
            self.add(table, owner)
            rows = self.all(table)
        return [*(row["_id"] for row in rows), self.absent(table)]

    def can_add(self, table: str) -> bool:
        """Whether the schema tells what a document of this table is."""
        return table in self._tables

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """All documents of all tables."""
        return {table: self.all(table) for table in self._tables}

    @property
    def _tables(self) -> dict[str, Shape]:
        if self._shapes is None:
            self._shapes = dict(self._target.control.tables())
        return self._shapes

    def _add(self, table: str, owner: Client | None, fields: dict[str, Any], depth: int) -> str:
        shape = _object(self._tables.get(table, {"type": "any"}))
        made = {
            name: self._value(name, field["fieldType"], owner, depth)
            for name, field in shape.items()
            if name not in fields and not field["optional"]
        }
        document = convex_to_json({**made, **fields})
        added: str = self._target.control.seed({table: [document]})[table][0]  # type: ignore[list-item]
        return added

    def _value(self, name: str, shape: Shape, owner: Client | None, depth: int) -> Any:
        if shape["type"] == "string" and owner is not None:
            return _identifying(name, owner) or "text"
        return shapes.example(shape, lambda table: self._related(table, owner, depth))

    def _related(self, table: str, owner: Client | None, depth: int) -> str:
        """The id of a document that another one refers to."""
        if table.startswith("_") or depth == 0 or not self.can_add(table):
            return self.absent(table)
        rows = self.all(table)
        if owner is not None and _PEOPLE.search(table):
            rows = [row for row in rows if _is_of(row, owner)]
        return str(rows[-1]["_id"]) if rows else self._add(table, owner, {}, depth - 1)


def _object(shape: Shape) -> dict[str, Any]:
    """The fields of a document; of a union's first kind of document."""
    while shape["type"] == "union" and shape["value"]:
        shape = shape["value"][0]
    return dict(shape["value"]) if shape["type"] == "object" else {}


def _identifying(name: str, owner: Client) -> str | None:
    """What a text field of this name holds of a user."""
    if _WHOLE_IDENTITY.search(name):
        return owner.token_identifier
    if re.search(r"e_?mail", name, re.IGNORECASE):
        return f"{owner.subject}@example.com"
    return owner.subject if _SUBJECT.search(name) else None


def _is_of(row: dict[str, Any], owner: Client) -> bool:
    named = owner.subject.partition("|")[0]  # @convex-dev/auth: the user's id, then the session's
    return not {owner.token_identifier, owner.subject, named}.isdisjoint(
        value for value in row.values() if isinstance(value, str)
    )
