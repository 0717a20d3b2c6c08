"""What a function inside of another one knows of the call that made it: `crud("tasks", authedQuery)`."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from scaffold.model import names
from scaffold.model.scopes import pattern_paths
from scaffold.model.values import Definition, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.values import Known, Value

    Evaluate = Callable[[n.Expression], Value]
    Member = Callable[[Value, str], Value]

_OPEN = "is given by the call"


def given_object(maker: n.Function) -> n.Expression | None:
    """The object that a function gives, also where it has a name of its own first."""
    given = names.given_back(maker)
    return names.declared_in(maker, given) if given is not None else None


def depends_on(maker: n.Function, node: n.Expression) -> bool:
    """Whether an expression in a function holds what only that function knows."""
    own = (n.Name(maker.start, maker.start, name) for name in names.declared_names(maker))
    return names.mentions(node, (*(parameter.pattern for parameter in maker.parameters), *own))


def known(call: n.Call, home: Module, maker: n.Function, evaluate: Evaluate, member: Member) -> Known:
    """What a function inside of `maker` knows by name: what the call gives, and the functions beside it.

    `home` is where the maker stands; `evaluate` reads the arguments, where the call stands.
    """
    given = dict(_given(call, maker, evaluate, member))
    made = {name: Unknown(f"{name} is made by the call") for name in names.declared_names(maker)}
    before = tuple(sorted({**given, **made}.items()))
    functions = dict(_functions(home, maker, before))
    return tuple(sorted({**given, **made, **functions}.items()))


def _given(
    call: n.Call, maker: n.Function, evaluate: Evaluate, member: Member
) -> Iterator[tuple[str, Value]]:
    for parameter, argument in zip_longest(maker.parameters, call.arguments[: len(maker.parameters)]):
        value = evaluate(argument) if argument is not None else Unknown(_OPEN)
        for name, path, default in pattern_paths(parameter.pattern):
            yield name, _part(value, path, name, member) if default is None else Unknown(f"{name} {_OPEN}")


def _part(value: Value, path: tuple[str, ...], name: str, member: Member) -> Value:
    for key in path:
        value = member(value, key)
    return Unknown(f"{name} {_OPEN}") if isinstance(value, Unknown) or _is_computed(value) else value


def _is_computed(value: Value) -> bool:
    """Whether a value is an expression that says little where its own names are not in sight."""
    return isinstance(value, Definition) and not isinstance(
        value.node, n.Function | n.Object | n.Call | n.Class
    )


def _functions(home: Module, maker: n.Function, knows: Known) -> Iterator[tuple[str, Definition]]:
    """The functions that a function declares for itself, with what they know of it in turn."""
    for statement in maker.body:
        match statement:
            case n.Declare(target=n.Name(name=name), value=n.Function() as inner):
                yield name, Definition(home, inner, name, knows)
            case n.Define(function=inner) if inner.name:
                yield inner.name, Definition(home, inner, inner.name, knows)
