"""Which table a document id belongs to, told from validators, annotations and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import steps as s
from scaffold.model.values import Argument, Literal, Mixed, Parameter, Result, Unknown

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.validators import Validator
    from scaffold.model.values import Value
    from scaffold.source import nodes as n

_ID = regex(r"^Id<\s*[\"'](\w+)[\"']\s*>$")
_DOCUMENT = regex(r"^Doc<\s*[\"'](\w+)[\"']\s*>(?:\[\])?$")
_UNKNOWN = Unknown("the table of the id cannot be told")
_ELEMENTS = {"*", "page", "0"}


def literal(body: Body, node: n.Expression | None) -> str | Unknown:
    """A table's name that is written out."""
    value = body.value(node)
    if isinstance(value, Literal) and isinstance(value.value, str):
        return value.value
    return Unknown("the table's name is computed")


def table_of(body: Body, node: n.Expression | None) -> str | Unknown:
    """The table of an id."""
    if node is None:
        return _UNKNOWN
    return _of_value(body, body.value(node))


def _of_value(body: Body, value: Value) -> str | Unknown:
    match value:
        case Argument(path) if body.arguments is not None:
            return _of_validator(_descend(body.arguments, path))
        case Parameter(index, path):
            return _of_parameter(body, index, path)
        case Result(step, path):
            return _of_result(body, step, path)
        case Mixed(values):
            tables = {_of_value(body, part) for part in values}
            return tables.pop() if len(tables) == 1 else _UNKNOWN
    return _UNKNOWN


def _of_validator(validator: Validator | None) -> str | Unknown:
    """The table of an id, or of the one kind of id in a union (`v.union(v.id("users"), v.null())`)."""
    if validator is None:
        return _UNKNOWN
    if validator.kind == "id":
        return validator.table or _UNKNOWN
    tables = {_of_validator(member) for member in validator.members if member.kind != "null"}
    return tables.pop() if len(tables) == 1 else _UNKNOWN


def _of_parameter(body: Body, index: int, path: tuple[str, ...]) -> str | Unknown:
    annotation = body.function.parameters[index].annotation
    if not path:
        match = _ID.match(annotation)
        return match[1] if match else _UNKNOWN
    match = _DOCUMENT.match(annotation)
    return _field(body, match[1], path) if match else _UNKNOWN


def _of_result(body: Body, step: s.Step, path: tuple[str, ...]) -> str | Unknown:
    if isinstance(step, s.HelperCall) and step.callee is not None and step.callee is not body:
        return _of_helper(step.callee, path)
    if isinstance(step, s.Write) and step.operation == "insert" and not path:
        return step.table
    if isinstance(step, s.Read | s.Get) and isinstance(step.table, str):
        while path and path[0] in _ELEMENTS:
            path = path[1:]
        return _field(body, step.table, path)
    return _UNKNOWN


def _of_helper(callee: Body, path: tuple[str, ...]) -> str | Unknown:
    """What a helper gives, when all that it returns is of one table; null is passed over."""
    tables: set[str | Unknown] = set()
    for returned in callee.returns():
        value = callee.value(returned)
        for name in path:
            value = callee.member(value, name)
        if not isinstance(value, Literal):
            tables.add(_of_value(callee, value))
    return tables.pop() if len(tables) == 1 else _UNKNOWN


def _field(body: Body, table: str, path: tuple[str, ...]) -> str | Unknown:
    """The table that a field of a document points to; `_id` points to its own."""
    if path == ("_id",):
        return table
    known = body.project.tables.get(table)
    return _of_validator(_descend(known.document, path)) if known and path else _UNKNOWN


def _descend(validator: Validator | None, path: tuple[str, ...]) -> Validator | None:
    """The validator at a path; `*` goes into an array."""
    for name in path:
        if validator is None:
            return None
        validator = validator.element if name == "*" else validator.fields.get(name)
    return validator
