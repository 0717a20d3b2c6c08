"""Tables that a helper is told by name: `everything(ctx, "tasks")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import BranchFrame
from scaffold.model.values import Bundle, Instance, Literal, Unknown
from scaffold.source import nodes as n
from scaffold.source.walk import walk, walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.model.body import Body
    from scaffold.model.steps import Frame
    from scaffold.model.values import Value

_READING = {"query"}
_CHOSEN = Unknown("the table's name decides what is read")


def given(
    caller: Body, argument: n.Expression | None, pattern: n.Expression, named: frozenset[str]
) -> Literal | None:
    """The table that a call names by an argument, or that the helper takes where it names none.

    `named` are the variables of the helper that it takes for names of tables.
    """
    match pattern:
        case n.Assign(target=n.Name(name=name), value=value) if name in named:
            return _text(caller, argument) if argument is not None else _written(caller, value)
        case n.Name(name=name) if name in named:
            return _text(caller, argument) if argument is not None else None
    return None


def entries(
    caller: Body, literal: n.Object, pattern: n.Expression, named: frozenset[str]
) -> Iterator[tuple[str, Literal]]:
    """The same where the helper takes an object apart: `({ ctx, table }) => …`."""
    if not isinstance(pattern, n.Object):
        return
    taken = {
        part.key for part in pattern.properties if isinstance(part.value, n.Name) and part.value.name in named
    }
    for part in literal.properties:
        told = _text(caller, part.value) if part.key in taken else None
        if part.key is not None and told is not None:
            yield part.key, told


def named_in(function: n.Function) -> frozenset[str]:
    """The variables that a function takes for names of tables: it reads by them, or hands them on."""
    return frozenset(_named(function))


def told(function: n.Function, values: Sequence[Value | None]) -> Iterator[tuple[str, str]]:
    """The variables, and fields of the own object, that callers name a table by, each with its name."""
    for position, value in enumerate(values):
        match value:
            case Literal(str(table)):
                pattern = function.parameters[position].pattern
                target = pattern.target if isinstance(pattern, n.Assign) else pattern
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


def _text(caller: Body, node: n.Expression) -> Literal | None:
    value = caller.value(node)
    return value if isinstance(value, Literal) and _is_table(caller, value.value) else None


def _written(caller: Body, node: n.Expression) -> Literal | None:
    return Literal(node.value) if isinstance(node, n.String) and _is_table(caller, node.value) else None


def _is_table(caller: Body, name: object) -> bool:
    """Whether it is the name of a table; of any, where no schema says which there are."""
    return isinstance(name, str) and (not caller.project.tables or name in caller.project.tables)
