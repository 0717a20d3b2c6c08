"""Asking the questions of a form on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import questionary

from scaffold.cli import console
from scaffold.templates.answers import to_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.templates.questions import Question
    from scaffold.templates.rendering import Form

_STYLE = questionary.Style([("qmark", "fg:ansicyan bold"), ("question", "bold"), ("answer", "fg:ansicyan")])
_CREATE = "create it"
_CANCEL = "cancel"


def ask_name(complaint: Callable[[str], str | None]) -> str:
    """Ask what the project is to be called, until it can be."""
    name: str = _asked(
        questionary.text(
            "Name of the project", validate=lambda text: complaint(text) or True, qmark="?", style=_STYLE
        )
    )
    return name


def fill_in(form: Form, *, name_complaint: Callable[[str], str | None]) -> bool:
    """Ask every open question, then let the answers be changed until they are right.

    `name_complaint` says why a text cannot be the answer to `project_name`, which names a folder as well.

    Returns:
        Whether to go on; False when the user cancelled.
    """
    ask_open(form)
    while True:
        answers = list(form.answered())
        console.note()
        width = max((len(question.name) for question, _ in answers), default=0)
        for question, value in answers:
            console.note(f"  {question.name:<{width}}  {console.strong(question.label_of(value))}")
        console.note()
        choice = _asked(
            questionary.select(
                "Ready?",
                choices=[
                    _CREATE,
                    *(questionary.Choice(f"change {q.name}", value=q.name) for q, _ in answers),
                    _CANCEL,
                ],
                qmark="?",
                style=_STYLE,
            )
        )
        if choice in {_CREATE, _CANCEL}:
            return bool(choice == _CREATE)
        question, value = next((q, v) for q, v in answers if q.name == choice)
        if question.name == "project_name":
            form.answer(question.name, ask_name(name_complaint))
        else:
            form.answer(question.name, _ask(form, question, value))
        ask_open(form)  # an answer may open questions that did not apply before


def confirm(text: str) -> bool:
    """Ask yes or no."""
    return bool(_asked(questionary.confirm(text, default=True, qmark="?", style=_STYLE)))


def choose_some(text: str, labels: Mapping[str, str]) -> list[str]:
    """Ask which of these to take; none is an answer."""
    boxes = [questionary.Choice(label, value=name) for name, label in labels.items()]
    return list(_asked(questionary.checkbox(text, choices=boxes, qmark="?", style=_STYLE))) if boxes else []


def ask_open(form: Form) -> None:
    """Ask every question that nobody has answered."""
    while (question := next(form.open_questions(), None)) is not None:
        form.answer(question.name, _ask(form, question, question.default))


def _ask(form: Form, question: Question, default: object) -> object:
    """Ask one question, with `default` filled in; invalid answers are refused as they are typed."""
    common: dict[str, Any] = {"qmark": "?", "style": _STYLE}

    def validate(answer: object) -> bool | str:
        return form.complaint(question.name, answer) or True

    if question.kind == "bool" and not question.choices:
        return _asked(questionary.confirm(question.help, default=bool(default), **common))
    if question.choices and question.multiselect:
        chosen = default if isinstance(default, list) else []
        boxes = _choices(question, checked=chosen)
        return _asked(questionary.checkbox(question.help, choices=boxes, validate=validate, **common))
    if question.choices:
        boxes = _choices(question)
        start = next((box for box in boxes if box.value == default), None)
        return _asked(questionary.select(question.help, choices=boxes, default=start, **common))
    if question.secret:
        # What is there already is not shown; an empty answer keeps it.
        prompt = questionary.password(
            question.help, validate=lambda text: validate(text or default), **common
        )
        return _asked(prompt) or default
    text = "" if default is None else to_option(default)
    return _asked(
        questionary.text(
            question.help, default=text, validate=validate, multiline=question.multiline, **common
        )
    )


def _choices(question: Question, checked: list[object] | None = None) -> list[questionary.Choice]:
    return [
        questionary.Choice(
            choice.label,
            value=choice.value,
            disabled=choice.disabled or None,
            checked=choice.value in (checked or []),
        )
        for choice in question.choices
    ]


def _asked(prompt: questionary.Question) -> Any:
    """The answer to a prompt; Ctrl-C ends the run and not only the prompt."""
    try:
        return prompt.unsafe_ask()
    except EOFError as error:
        raise click.Abort from error
