"""How functions are spelled in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from scaffold.model.function import Function
    from scaffold.model.steps import Step

_IDENTIFIER = regex(r"[A-Za-z_$][\w$]*")


def address(function: Function, root: str = "") -> str:
    """What code types to name a function: `internal.messages.send`, or under the root given."""
    parts = [*function.module.name.split("/"), function.name]
    steps = (f".{part}" if _IDENTIFIER.fullmatch(part) else f'["{part}"]' for part in parts)
    return (root or ("api" if function.public else "internal")) + "".join(steps)


def symbol(step: Step, *what: str) -> str:
    """What a finding on a step is about, without its line: the body it stands in, and what it names."""
    return " ".join((f"{step.body.module.name}:{step.body.name}", *what))


def internal_builder(function: Function) -> str:
    """The builder that registers the same kind for the server alone."""
    kind = function.kind.value
    return f"internal{kind[0].upper()}{kind[1:]}"
