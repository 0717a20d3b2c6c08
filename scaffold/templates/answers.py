"""Answers as people give them: on the command line and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from scaffold.core.errors import AnswersFileError, DataOptionError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def from_options(options: Iterable[str]) -> dict[str, object]:
    """The answers in `name=value` options; the last of a name counts.

    Raises:
        DataOptionError: an option has no `=`, or no name before it.
    """
    answers: dict[str, object] = {}
    for option in options:
        name, separator, value = option.partition("=")
        if not separator or not name.strip():
            raise DataOptionError(option)
        answers[name.strip()] = value
    return answers


def from_file(path: Path) -> dict[str, object]:
    """The answers in a YAML file; keys that start with an underscore are Copier's own, and skipped.

    Raises:
        AnswersFileError: it cannot be read, or is no mapping; with the line where there is one.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise AnswersFileError(path, reason or str(error)) from error
    try:
        answers = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise AnswersFileError(path, error.problem or "is not YAML", line) from error
    except yaml.YAMLError as error:
        raise AnswersFileError(path, "is not YAML") from error
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise AnswersFileError(path, "is not a list of `name: value` lines", 1)
    return {str(name): value for name, value in answers.items() if not str(name).startswith("_")}


def to_option(value: object) -> str:
    """A value as `--data` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(item) for item in value) if value else "[]"
    if isinstance(value, dict) or value is None:
        return yaml.safe_dump(value, default_flow_style=True, width=10**6).strip().removesuffix("\n...")
    return str(value)
