"""The domains of a project that keeps to the template's layout, and the tables each of them defines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.source.merging import declared_names, value_of
from scaffold.source.syntax import (
    Node,
    arguments_of,
    children,
    line_of,
    parse,
    property_name,
    string_value,
    text_of,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NO_DOMAINS = frozenset({"lib", "_generated", "node_modules"})


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as its domain defines it. `fields` are validators by name, `indexes` fields by index name."""

    name: str
    line: int
    fields: Mapping[str, Node]
    indexes: Mapping[str, tuple[str, ...]]

    def index_on(self, first: str) -> str | None:
        """An index that starts with a field; the shortest one."""
        found = [(len(fields), name) for name, fields in self.indexes.items() if fields[:1] == (first,)]
        return min(found)[1] if found else None


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A folder of the functions folder. `variable` holds its tables; None where tables.ts has none.

    `constants` are the top-level values of tables.ts, which validators may name.
    """

    name: str
    variable: str | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    constants: Mapping[str, Node] = field(default_factory=dict)


def domain_names(functions: Path) -> list[str]:
    """The folders that are domains, in order."""
    return sorted(
        entry.name
        for entry in functions.iterdir()
        if entry.is_dir() and entry.name not in _NO_DOMAINS and not entry.name.startswith((".", "_"))
    )


def read_domain(functions: Path, name: str) -> Domain:
    """A domain and the tables in its tables.ts; without tables where it has no such file."""
    path = functions / name / "tables.ts"
    if not path.is_file():
        return Domain(name=name)
    root = parse(path.read_bytes())
    constants = dict(_constants(root))
    for statement in children(root):
        for variable in declared_names(statement) if statement.type == "export_statement" else ():
            value = value_of(statement, variable)
            tables = dict(_tables(unwrap(value), constants)) if value is not None else {}
            is_empty = value is not None and text_of(value) == "{}" and variable.endswith("Tables")
            if tables or is_empty:
                return Domain(name=name, variable=variable, tables=tables, constants=constants)
    return Domain(name=name, constants=constants)


def _constants(root: Node) -> Iterator[tuple[str, Node]]:
    for statement in children(root):
        for name in declared_names(statement):
            value = value_of(statement, name)
            if value is not None:
                yield name, unwrap(value)


def _tables(value: Node, constants: Mapping[str, Node]) -> Iterator[tuple[str, Table]]:
    if value.type != "object":
        return
    for part in children(value):
        name = property_name(part.child_by_field_name("key"))
        definition = part.child_by_field_name("value")
        table = _table(name, definition, constants) if name and definition is not None else None
        if name and table is not None:
            yield name, table


def _table(name: str, definition: Node, constants: Mapping[str, Node]) -> Table | None:
    indexes: dict[str, tuple[str, ...]] = {}
    call = unwrap(definition)
    while call.type == "call_expression":
        function, arguments = call.child_by_field_name("function"), arguments_of(call)
        if function is None:
            return None
        if text_of(function) == "defineTable":
            fields = _fields(arguments[0], constants) if arguments else {}
            return Table(name=name, line=line_of(definition), fields=fields, indexes=indexes)
        if text_of(function).endswith(".index") and len(arguments) == 2:  # noqa: PLR2004 - name and fields
            index = string_value(arguments[0])
            if index is not None:
                indexes[index] = tuple(string_value(item) or "" for item in children(unwrap(arguments[1])))
        receiver = function.child_by_field_name("object")
        if receiver is None:
            return None
        call = receiver
    return None


def _fields(node: Node, constants: Mapping[str, Node]) -> dict[str, Node]:
    """The fields of `{ … }`, of `v.object({ … })`, and of constants that are one of these."""
    node = constants.get(text_of(node), unwrap(node))
    if node.type == "call_expression" and text_of(node).startswith("v.object("):
        node = arguments_of(node)[0]
    fields: dict[str, Node] = {}
    for part in children(node) if node.type == "object" else ():
        if part.type == "spread_element":
            fields |= _fields(next(children(part)), constants)
        elif part.type == "shorthand_property_identifier":
            fields[text_of(part)] = part
        else:
            name, value = (
                property_name(part.child_by_field_name("key")),
                part.child_by_field_name("value"),
            )
            if name is not None and value is not None:
                fields[name] = value
    return fields
