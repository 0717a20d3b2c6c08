"""Functions that are handed crons, a router or an application: `registerDaily(crons)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.model.names import without_default
from scaffold.model.values import Definition
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.model.module import Module
    from scaffold.model.resolving import Resolver


class Taken(NamedTuple):
    """A parameter that stands for what is handed on, by its name, and the function that has it."""

    module: Module
    function: n.Function
    name: str


def takers(
    resolver: Resolver, module: Module, scope: tuple[n.Statement, ...], names: Collection[str]
) -> Iterator[Taken]:
    """The parameters that calls in a scope give what some names stand for."""
    for call in walk_all(scope) if names else ():
        if isinstance(call, n.Call) and any(_is_one_of(each, names) for each in call.arguments):
            match resolver.evaluate(module, call.callee):
                case Definition(where, n.Function() as function):
                    for parameter, given in zip(function.parameters, call.arguments, strict=False):
                        pattern = without_default(parameter.pattern)
                        if isinstance(pattern, n.Name) and _is_one_of(given, names):
                            yield Taken(where, function, pattern.name)


def _is_one_of(node: n.Expression, names: Collection[str]) -> bool:
    return isinstance(node, n.Name) and node.name in names
