"""The body of a function, read: its steps, and what its expressions stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.steps import Step
    from scaffold.model.values import Value
    from scaffold.source import nodes as n


class Body:
    """A function's body under given parameters."""

    project: Project
    module: Module
    function: n.Function
    name: str
    steps: tuple[Step, ...]

    def value(self, node: n.Expression | None) -> Value:
        """What an expression stands for, variables and destructuring followed."""
        raise NotImplementedError

    def origins(self, node: n.Expression | None) -> frozenset[Value]:
        """What an expression is made of: arguments, results of steps, literals, globals.

        Operators, templates, objects and calls are looked through. A helper's result counts as a `Result`
        of its `HelperCall`, and brings the origins of what the helper was given.
        """
        raise NotImplementedError

    def returns(self) -> Iterable[n.Expression]:
        """What the body itself returns, one a `return`."""
        raise NotImplementedError
