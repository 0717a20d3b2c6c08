"""The options object of a registration: the validators that it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.values import Definition, Unknown
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.validators import Validator


def part_of(literal: n.Expression | None, key: str) -> n.Property | None:
    """The property of an object literal, if it is written there."""
    if not isinstance(literal, n.Object):
        return None
    return next((part for part in literal.properties if part.key == key), None)


def validator(module: Module, options: n.Object | None, key: str) -> Validator | Unknown | None:
    """The validator under a key; None when there is none."""
    if options is None:
        return None
    project = module.project
    part = part_of(options, key)
    if part is not None:
        return project.validators.read(module, part.value)
    if not any(part.kind in {"spread", "computed"} for part in options.properties):
        return None
    value = project.resolver.property(module, options, key)
    if isinstance(value, Definition) and not isinstance(value.node, n.Class):
        return project.validators.read(value.module, value.node)
    if isinstance(value, Unknown) and value.reason.startswith("there is no"):
        return None
    return Unknown(f"{key} may hide in a spread")


def declared(module: Module, options: n.Object | None) -> Validator | None:
    """The validator of the arguments, if it can be read."""
    found = validator(module, options, "args")
    return None if isinstance(found, Unknown) else found
