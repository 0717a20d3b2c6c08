"""What a template offers and a project was made without: options, by the names of their choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import MissingPieceError
from scaffold.core.text import listing
from scaffold.lifecycle.update.prepare import Wishes, prepare
from scaffold.templates.answers import recorded, to_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.templates.questions import Question

_OFF = (None, False, "none", "no")


@dataclass(frozen=True, kw_only=True)
class Feature:
    """An answer that brings something: `data` is it as `--data` takes it, `version` that of the project."""

    name: str
    is_on: bool
    data: str
    version: str


def find(folder: Path, name: str) -> Feature:
    """The feature `name` of the template that the project in `folder` was made from.

    Raises:
        MissingPieceError: the template has none of that name, or the project has it.
        ScaffoldError: the project was made from no template, or that cannot be read.
    """
    version = recorded(folder.resolve()).version
    with prepare(Wishes(folder=folder, to=version)) as preparation:
        form = preparation.load()
        form.take_defaults()
        known = {
            feature.name: feature
            for question, value in form.answered()
            for feature in _features(question, value, version)
        }
        place = preparation.project.answers_file
    if name not in known:
        others = [other for other, feature in known.items() if not feature.is_on]
        offered = listing(others) if others else "nothing that the project has not"
        raise MissingPieceError(f"the template has no feature {name!r}", f"at {version} it offers: {offered}")
    if known[name].is_on:
        raise MissingPieceError(f"the project has {name!r} already", f"{place} records what it has")
    return known[name]


def _features(question: Question, value: object, version: str) -> Iterator[Feature]:
    """What a question can add to a project: its own name if it is a switch, else those of its choices.

    A question whose answer is one of several that exclude each other adds nothing, unless one of them is
    nothing: who uses npm does not add pnpm.
    """
    if question.kind == "bool":
        data = f"{question.name}=true"
        yield Feature(name=question.name, is_on=value is True, data=data, version=version)
        return
    can_be_off = question.multiselect or any(choice.value in _OFF for choice in question.choices)
    for choice in question.choices if can_be_off else ():
        if choice.value in _OFF:
            continue
        chosen = value if isinstance(value, list) else []
        answer = [*chosen, choice.value] if question.multiselect else choice.value
        is_on = choice.value in chosen if question.multiselect else value == choice.value
        data = f"{question.name}={to_option(answer)}"
        yield Feature(name=str(choice.value), is_on=is_on, data=data, version=version)
