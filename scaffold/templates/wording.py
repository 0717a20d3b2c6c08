"""What Copier says of questions and failures, in our own words. It imports no Copier: see rendering.py."""

from __future__ import annotations

from typing import Any, get_args

import yaml

from scaffold.templates.questions import Choice, Kind, Question


def describe(question: Any, default: Any, *, missing: Any) -> Question:
    """One of Copier's questions as it stands; `missing` is its word for no default."""
    kind = question.get_type_name()
    if kind not in get_args(Kind):
        kind = "yaml"
    choices = tuple(
        Choice(
            label=str(choice.title), value=question.cast_answer(choice.value), disabled=choice.disabled or ""
        )
        for choice in question._formatted_choices  # noqa: SLF001
    )
    return Question(
        name=question.var_name,
        help=str(question.render_value(question.help)).strip() or question.var_name,
        kind=kind,
        default=None if default is missing else default,
        required=default is missing,
        choices=choices,
        multiselect=question.multiselect,
        secret=question.secret,
        multiline=question.get_multiline(),
    )


def refuse_unknown(question: Any, values: list[object]) -> None:
    """Copier drops the items of a multiple choice that it does not know; a typo must not pass."""
    known = [question.cast_answer(choice.value) for choice in question._formatted_choices]  # noqa: SLF001
    for value in values:
        if question.cast_answer(value) not in known:
            raise ValueError(f"{value!r} is none of the choices")


def place_and_reason(error: Exception) -> str:
    """Why a template cannot be read, and where."""
    cause = error.__cause__ if isinstance(error.__cause__, yaml.YAMLError) else error
    if isinstance(cause, yaml.MarkedYAMLError) and cause.problem_mark:
        return f"copier.yml:{cause.problem_mark.line + 1}: {cause.problem}"
    return reason(cause)


def features(error: Exception) -> str:
    """What a template has that takes trust, as Copier lists it."""
    first_line = str(error).partition("\n")[0]
    return first_line.partition(": ")[2].rstrip(".") or first_line


def reason(error: BaseException, name: str = "") -> str:
    """What an error says, without what Copier says before it of the question `name`."""
    text = str(error).strip() or type(error).__name__
    for prefix in (f"Validation error for question '{name}': ", f"Invalid choice for '{name}': "):
        text = text.removeprefix(prefix)
    return text.rstrip(".")
