"""What the options of a registered function say, and whether they are Convex's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.values import Definition

if TYPE_CHECKING:
    from scaffold.model.function import Function


def builds_from_object(function: Function) -> bool:
    """Whether the builder is known to take `{ args, returns, handler }`.

    Builders of Convex and of `convex-helpers` do; a function of the project that registers what it is given
    may have a form of its own, and so may a builder of which only the name is known.
    """
    return function.builder.resolved and function.builder.takes_options


def is_passed_on(function: Function) -> bool:
    """Whether another module registers it: what its options lack is said there."""
    definition = Definition(function.call_module, function.call)
    return function.module.project.resolve(definition) is not function


def lacks(function: Function, *keys: str) -> bool:
    """Whether the options are in view, with a handler and without any of the keys.

    What a spread brings along is for the model to say.
    """
    if is_passed_on(function):
        return False
    if function.syntax != "object" or function.options is None or not builds_from_object(function):
        return False
    handled = function.handler is not None or function.option("handler") is not None
    return handled and not any(part.key in keys for part in function.options.properties)
