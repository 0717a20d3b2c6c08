"""Tables that a helper is told by name: `everything(ctx, "tasks")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.names import without_default
from scaffold.model.steps import BranchFrame
from scaffold.model.values import Bundle, Instance, Literal, Unknown
from scaffold.source import nodes as n
from scaffold.source.walk import walk, walk_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scaffold.model.body import Body
    from scaffold.model.steps import Frame
    from scaffold.model.values import Value

_OTHER = regex(r"\w*Ctx\b|(?:Id|Doc)<|(?:number|bigint|boolean)\b")  # types of what is no table's name
_READING = {"query"}
_CHOSEN = Unknown("the table's name decides what is read")


def given(
    caller: Body, value: Value | None, parameter: n.Parameter, named: Callable[[], frozenset[str]]
) -> Literal | None:
    """The table that a call names by an argument, or that the helper takes where it names none.

    `value` is that of the argument, if there is one; `named` gives the variables of the helper that it takes
    for names of tables, and is asked at the end.
    """
    if _OTHER.match(parameter.annotation):
        return None
    match parameter.pattern:
        case n.Assign(target=n.Name(name=name), value=instead):
            told = _table(caller, value if value is not None else _written(instead))
        case n.Name(name=name):
            told = _table(caller, value)
        case _:
            return None
    return told if told is not None and name in named() else None


def entries(
    caller: Body, literal: n.Object, pattern: n.Expression, named: Callable[[], frozenset[str]]
) -> Iterator[tuple[str, Literal]]:
    """The same where the helper takes an object apart: `({ ctx, table }) => …`."""
    if not isinstance(pattern, n.Object):
        return
    names = {part.key: part.value.name for part in pattern.properties if isinstance(part.value, n.Name)}
    for part in literal.properties:
        told = _table(caller, caller.value(part.value)) if part.key in names else None
        if part.key is not None and told is not None and names[part.key] in named():
            yield part.key, told


def named_in(function: n.Function) -> frozenset[str]:
    """The variables that a function takes for names of tables: it reads by them, or hands them on."""
    return frozenset(_named(function))


def told(function: n.Function, values: Sequence[Value | None]) -> Iterator[tuple[str, str]]:
    """The variables, and fields of the own object, that callers name a table by, each with its name."""
    for position, value in enumerate(values):
        match value:
            case Literal(str(table)):
                target = without_default(function.parameters[position].pattern)
                yield target.name if isinstance(target, n.Name) else "", table
            case Bundle(_, entries) | Instance(_, _, entries):
                for key, known in entries:
                    if isinstance(known, Literal) and isinstance(known.value, str):
                        yield key, known.value


def read(
    body: Body, table: str | Unknown, frames: tuple[Frame, ...], guards: tuple[n.Expression, ...]
) -> str | Unknown:
    """The table of a query, by the way to it; unknown where a name that the body is told decides that."""
    if not body.told:
        return table
    names = {name for name, _ in body.told}
    tests = (*(frame.test for frame in frames if isinstance(frame, BranchFrame)), *guards)
    return _CHOSEN if any(_name(node) in names for test in tests for node in walk(test)) else table


def _name(node: n.Node) -> str:
    match node:
        case n.Name(name=name) | n.Member(object=n.Name(name="this"), property=name):
            return name
    return ""


def _named(function: n.Function) -> Iterator[str]:
    for node in walk_all(function.body):
        match node:
            case n.Call(callee=n.Member(property=method), arguments=(n.Name(name=name), *_)) if (
                method in _READING
            ):
                yield name
            case n.Call(callee=n.Name(), arguments=(n.Name() | n.Member(), *rest)):
                yield from (each.name for each in rest if isinstance(each, n.Name))


def _written(node: n.Expression) -> Literal | None:
    return Literal(node.value) if isinstance(node, n.String) else None


def _table(caller: Body, value: Value | None) -> Literal | None:
    """The name of a table, if a value is one; of any, where no schema says which there are."""
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        return None
    known = caller.project.tables
    return value if not known or value.value in known else None
