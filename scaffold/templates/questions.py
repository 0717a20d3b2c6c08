"""What a template asks, without a trace of how it is asked or rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["str", "bool", "int", "float", "json", "yaml", "path"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the values a question allows. `disabled` says why it cannot be taken now, or is empty."""

    label: str
    value: object
    disabled: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, as it stands after the answers before it.

    `default` is None where the template has none (`required`), and a list for a multiple choice.
    """

    name: str
    help: str
    kind: Kind
    default: object = None
    required: bool = False
    choices: tuple[Choice, ...] = field(default=())
    multiselect: bool = False
    secret: bool = False
    multiline: bool = False

    def label_of(self, value: object) -> str:
        """How a value of this question reads: the label of its choice, where there are choices."""
        if self.secret:
            return "••••"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return ", ".join(self.label_of(item) for item in value) or "none"
        return next((choice.label for choice in self.choices if choice.value == value), str(value))
