"""Validators that convex-helpers makes (0.1: `validators.ts`, `server.ts`), of tables' and of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.model import lists
from scaffold.model.validators import Validator
from scaffold.model.values import Definition, External, Literal
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.validator_reader import ValidatorReader

TABLE = External("convex-helpers/server", ("Table",))
_DEFINE = External("convex/server", ("defineTable",))
_DEPTH = 50


def called(reader: ValidatorReader, module: Module, node: n.Call, kind: str, depth: int) -> Validator:
    """What a call of a function of convex-helpers gives."""
    found = None
    first = node.arguments[0] if node.arguments else None
    match kind:
        case "literals":
            return _literals(reader, module, node)
        case "nullable" if first is not None:
            made = reader.nullable(module, node, first, depth)
            return replace(made, members=made.members[::-1])  # null comes first here
        case "brandedString" | "deprecated":
            return Validator(kind="string" if kind == "brandedString" else "any", module=module, node=node)
        case "partial" if first is not None:
            found = reader.read(module, first, depth + 1).partial()
        case "pick" | "omit" if first is not None:
            base = reader.spread(module, first, depth + 1)
            names = reader.texts(module, node.arguments[1:])
            found = base.chosen(names, keep=kind == "pick") if base is not None else None
        case "doc" | "systemFields" | "withSystemFields":
            found = _document(reader, module, node, kind, depth)
    if found is None:
        return reader.unknown(module, node, f"what {kind} gives is not known")
    return replace(found, module=module, node=node)


def of_table(reader: ValidatorReader, module: Module, node: n.Member, depth: int) -> Validator | None:
    """What a table holds: `Users.withSystemFields` of `Table("users", { … })`, `users.validator`."""
    if node.property == "validator":
        return _defined(reader, module, node.object, depth)
    match reader.resolver.made_by(module, node.object, {TABLE}):
        case (where, n.Call(arguments=(named, given, *_))):
            fields = reader.within({}, where, given, depth + 1)
            system = system_fields(where, node, reader.text(where, named) or "")
            match node.property:
                case "withoutSystemFields":
                    return fields
                case "systemFields":
                    return system
                case "withSystemFields" | "doc":
                    return fields.joined(system)
    return None


def _defined(reader: ValidatorReader, module: Module, node: n.Expression, depth: int) -> Validator | None:
    """The document of `defineTable(…)` behind a name, whatever indexes it has, or of `Table(…).table`."""
    if isinstance(node, n.Member) and node.property == "table":
        without = n.Member(node.start, node.end, node.object, "withoutSystemFields")
        return of_table(reader, module, without, depth)
    found = reader.resolver.evaluate(module, node)
    for _ in range(_DEPTH):
        match found:
            case Definition(where, n.Call(callee=n.Member(object=n.Call() as inner))):
                found = Definition(where, inner)
            case Definition(where, n.Call(callee=callee, arguments=(given, *_))):
                if reader.resolver.evaluate(where, callee) == _DEFINE:
                    return reader.within({}, where, given, depth + 1)
                return None
            case _:
                return None
    return None


def _literals(reader: ValidatorReader, module: Module, node: n.Call) -> Validator:
    given, complete = reader.arguments(module, node)
    values = [lists.value(reader.resolver, each) for each in given]
    members = tuple(
        Validator(kind="literal", module=module, node=node, value=value.value)
        for value in values
        if isinstance(value, Literal)
    )
    complete = complete and len(members) == len(given)
    return Validator(kind="union", module=module, node=node, members=members, complete=complete)


def _document(
    reader: ValidatorReader, module: Module, node: n.Call, kind: str, depth: int
) -> Validator | None:
    """`doc(schema, "users")`, `withSystemFields("users", { … })`, `systemFields("users")`."""
    texts = [reader.text(module, argument) for argument in node.arguments[:2]]
    table = next(filter(None, texts), None)
    if table is None:
        return None
    system = system_fields(module, node, table)
    if kind == "systemFields":
        return system
    base = reader.table_of(table) if kind == "doc" else reader.read(module, node.arguments[-1], depth + 1)
    return base.joined(system) if base is not None else None


def system_fields(module: Module, node: n.Node, table: str) -> Validator:
    """The fields that Convex itself gives to each document of a table."""
    fields = {
        "_id": Validator(kind="id", module=module, node=node, table=table),
        "_creationTime": Validator(kind="number", module=module, node=node),
    }
    return Validator(kind="object", module=module, node=node, fields=fields)
