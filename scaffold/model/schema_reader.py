"""`defineSchema` read: tables, wherever they are written, and their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Literal as Choice

from scaffold.model import package_tables
from scaffold.model.helper_validators import TABLE
from scaffold.model.names import called
from scaffold.model.schema import Index, Schema, Table
from scaffold.model.validator_reader import ValidatorReader
from scaffold.model.validators import Validator
from scaffold.model.values import Definition, External, Literal, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.resolving import Resolver

    _Local = dict[str, tuple[Module, n.Expression]]

_SCHEMAS = {"defineSchema", "defineEntSchema"}
_TABLES = {"defineTable", "defineEnt"}
_INDEXES: dict[str, Choice["db", "search", "vector"]] = {
    "index": "db",
    "searchIndex": "search",
    "vectorIndex": "vector",
}
# What makes a table of a name and its fields, and gives it as `table`.
_HELPERS = {
    TABLE,
    *(External(specifier, ("zodTable",)) for specifier in ("zodvex", "zodvex/legacy", "zodvex/server")),
}
_DEPTH = 20


class SchemaReader:
    """Reads the schema of one project. No table is in view to the validators of another.

    `version` tells which one of a package the project asks for.
    """

    def __init__(self, resolver: Resolver, version: package_tables.Version) -> None:
        self._resolver = resolver
        self._version = version
        self._validators = ValidatorReader(resolver, lambda _: None)

    def read(self, module: Module) -> Schema | None:
        """The schema that a module exports by default, or None."""
        call = self._schema_call(module)
        if call is None:
            return None
        where, node = call
        schema = Schema(module=where, node=node, tables={})
        if node.arguments:
            self._tables(schema, where, node.arguments[0], 0)
        schema.validation = not self._is_off(where, node)
        return schema

    def _schema_call(self, module: Module) -> tuple[Module, n.Call] | None:
        match self._resolver.export(module, "default"):
            case Definition(where, n.Call() as node):
                return self._unwrap(where, node)
        return None

    def _unwrap(self, module: Module, node: n.Call) -> tuple[Module, n.Call] | None:
        """The call of defineSchema, inside of other calls if need be."""
        if called(node) in _SCHEMAS:
            return module, node
        for argument in node.arguments:
            inner = self._resolver.evaluate(module, argument)
            if isinstance(inner, Definition) and isinstance(inner.node, n.Call):
                found = self._unwrap(inner.module, inner.node)
                if found:
                    return found
        return None

    def _is_off(self, module: Module, node: n.Call) -> bool:
        if len(node.arguments) < 2:  # noqa: PLR2004 - tables, options
            return False
        options = self._resolver.evaluate(module, node.arguments[1])
        if not isinstance(options, Definition) or not isinstance(options.node, n.Object):
            return False
        value = self._resolver.property(options.module, options.node, "schemaValidation")
        return isinstance(value, Literal) and value.value is False

    def _tables(self, schema: Schema, module: Module, node: n.Expression, depth: int) -> None:
        value = self._resolver.evaluate(module, node)
        if (parts := self._of_schema(module, node)) is not None and depth <= _DEPTH:
            self._tables(schema, *parts, depth + 1)
            return
        if isinstance(value, External):
            published = package_tables.tables(value, module, node, self._version)
            schema.tables |= published
            schema.complete &= bool(published) and all(table.complete for table in published.values())
            return
        if depth > _DEPTH or not isinstance(value, Definition) or not isinstance(value.node, n.Object):
            schema.complete = False
            return
        for part in value.node.properties:
            if part.kind == "spread":
                self._tables(schema, value.module, part.value, depth + 1)
            elif (name := self._resolver.key(value.module, part)) is None:
                schema.complete = False
            else:
                schema.tables[name] = self._table(name, value.module, _named(part), part.value)

    def _of_schema(self, module: Module, node: n.Expression) -> tuple[Module, n.Expression] | None:
        """What `users.tables` is made of, where `users` is a schema of its own."""
        if not isinstance(node, n.Member) or node.property != "tables":
            return None
        match self._resolver.evaluate(module, node.object):
            case Definition(where, n.Call() as call):
                made = self._unwrap(where, call)
                return (made[0], made[1].arguments[0]) if made is not None and made[1].arguments else None
        return None

    def _table(self, name: str, module: Module, key: n.Node, node: n.Expression) -> Table:
        unknown = Validator(kind="unknown", reason="the table is not written here", complete=False)
        table = Table(name=name, module=module, node=key, read_document=lambda: unknown)
        self._definition(table, module, node, 0)
        table.indexes.reverse()
        return table

    def _definition(
        self, table: Table, module: Module, node: n.Expression, depth: int, local: _Local | None = None
    ) -> None:
        """Down the chain `defineTable(…).index(…)`; last index first. `local` are a function's variables."""
        if isinstance(node, n.Name) and local and node.name in local and depth < _DEPTH:
            others = {name: given for name, given in local.items() if name != node.name}
            self._definition(table, *local[node.name], depth + 1, others)
            return
        value = self._resolver.evaluate(module, node) if not isinstance(node, n.Call) else None
        if isinstance(value, Definition) and isinstance(value.node, n.Call) and depth < _DEPTH:
            self._definition(table, value.module, value.node, depth + 1)
            return
        match node:
            case n.Call(callee=n.Member(object=inner, property=method)) if method in _INDEXES:
                table.indexes.append(self._index(table, module, node, _INDEXES[method]))
                self._definition(table, module, inner, depth, local)
            case n.Call() if called(node) in _TABLES and self._is_library(module, node):
                self._document(table, module, node)
            case n.Member(object=inner, property="table") if made := self._helpers(module, inner):
                table.read_document = lambda: self._validators.read(*made)
            case n.Call() if depth < _DEPTH and self._made(table, module, node, depth):
                return
            case n.Call(callee=n.Member(object=inner)):  # fields and edges of entity layers
                table.complete = False
                self._definition(table, module, inner, depth, local)
            case _:
                table.complete = False

    def _made(self, table: Table, module: Module, node: n.Call, depth: int) -> bool:
        """A table made by a function of the project that does nothing else, in one statement or several."""
        match self._resolver.evaluate(module, node.callee):
            case Definition(where, n.Function(body=(*before, n.Return(value=value))) as function):
                local = dict(_variables(where, before))
                if value is None or len(local) != len(before):
                    return False
                for parameter, given in zip(function.parameters, node.arguments, strict=False):
                    if isinstance(parameter.pattern, n.Name):
                        local[parameter.pattern.name] = module, given
                self._definition(table, where, value, depth + 1, local)
                return True
        return False

    def _helpers(self, module: Module, node: n.Expression) -> tuple[Module, n.Expression] | None:
        """The fields in the `Table("rooms", { … })` of a package that `rooms` is in `rooms.table`."""
        match self._resolver.made_by(module, node, _HELPERS):
            case (where, n.Call(arguments=(_, fields, *_))):
                return where, fields
        return None

    def _is_library(self, module: Module, node: n.Call) -> bool:
        value = self._resolver.evaluate(module, node.callee)
        return isinstance(value, External) or not isinstance(value, Definition)

    def _document(self, table: Table, module: Module, node: n.Call) -> None:
        if node.arguments:
            table.read_document = lambda: self._validators.read(module, node.arguments[0])

    def _index(
        self, table: Table, module: Module, node: n.Call, kind: Choice["db", "search", "vector"]
    ) -> Index:
        named = self._resolver.evaluate(module, node.arguments[0]) if node.arguments else None
        name: str | Unknown = Unknown("the name is computed")
        if isinstance(named, Literal) and isinstance(named.value, str):
            name = named.value
        options = node.arguments[1] if len(node.arguments) > 1 else None
        fields, staged = self._fields(module, options, kind)
        return Index(
            table=table, module=module, name=name, kind=kind, fields=fields, node=node, staged=staged
        )

    def _fields(
        self, module: Module, node: n.Expression | None, kind: str
    ) -> tuple[tuple[str, ...] | None, bool]:
        """The fields of an index: of the array, or of the object form, which may be staged."""
        if node is None:
            return None, False
        value = self._resolver.evaluate(module, node)
        if not isinstance(value, Definition):
            return None, False
        if isinstance(value.node, n.Array):
            return self._strings(value.module, value.node), False
        if not isinstance(value.node, n.Object):
            return None, False
        parts = {part.key: part.value for part in value.node.properties if part.key}
        staged = isinstance(parts.get("staged"), n.Constant) and parts["staged"].value is True  # type: ignore[union-attr]
        if kind == "db":
            fields = parts.get("fields")
            return (self._strings(value.module, fields) if isinstance(fields, n.Array) else None), staged
        names = [parts.get("searchField") or parts.get("vectorField")]
        filters = parts.get("filterFields")
        names += list(filters.items) if isinstance(filters, n.Array) else []
        return tuple(name.value for name in names if isinstance(name, n.String)), staged

    def _strings(self, module: Module, node: n.Array) -> tuple[str, ...] | None:
        values = [self._resolver.evaluate(module, item) for item in node.items]
        found = list(_texts(values))
        return tuple(found) if len(found) == len(values) else None


def _variables(
    module: Module, statements: Iterable[n.Statement]
) -> Iterator[tuple[str, tuple[Module, n.Expression]]]:
    """The constants of a function, with what each stands for."""
    for statement in statements:
        match statement:
            case n.Declare(kind="const", target=n.Name(name=name), value=value) if value is not None:
                yield name, (module, value)


def _named(part: n.Property) -> n.Node:
    """Where the name of a table stands."""
    if part.key is None and isinstance(part, n.Computed) and part.name is not None:
        return part.name
    return n.Node(part.start, part.start + len((part.key or "").encode()))


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield value.value
