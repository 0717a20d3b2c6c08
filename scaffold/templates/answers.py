"""Answers as people give them: on the command line and in files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from scaffold.core.errors import AnswersFileError, DataOptionError, NoAnswersError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CONFLICT = re.compile(r"^(<{7}|>{7})(?= |$)", re.MULTILINE)
_RESTORE = "take the file back from a commit in which it was whole: git log -- .copier-answers.yml"


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


FILE = ".copier-answers.yml"
"""Where Copier's templates record what a project was made from."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a project's file of answers says: the template's address, its version, and the answers."""

    path: Path
    source: str
    version: str
    answers: dict[str, object]


def from_file(path: Path) -> dict[str, object]:
    """The answers in a YAML file; keys that start with an underscore are Copier's own, and skipped.

    Raises:
        AnswersFileError: it cannot be read, or is no mapping; with the line where there is one.
    """
    return _without_metadata(_load(path))


def recorded(folder: Path, file: str = FILE) -> Recorded:
    """What the project in `folder`, or the nearest above it, was made from.

    Raises:
        NoAnswersError: no file of answers is there.
        AnswersFileError: it is broken, or does not name a template and a version.
    """
    path = _nearest(folder, file)
    content = _load(path)
    values = []
    for key in ("_src_path", "_commit"):
        value = content.get(key)
        if not isinstance(value, str | int | float) or not str(value):
            raise AnswersFileError(path, f"there is no {key} in it", hint=_RESTORE)
        values.append(str(value))
    return Recorded(path=path, source=values[0], version=values[1], answers=_without_metadata(content))


def _nearest(folder: Path, file: str) -> Path:
    for candidate in (folder, *folder.parents):
        if (candidate / file).is_file():
            return candidate / file
        if (candidate / ".git").exists():
            break
    raise NoAnswersError(folder, file)


def _without_metadata(content: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in content.items() if not name.startswith("_")}


def _load(path: Path) -> dict[str, object]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise AnswersFileError(path, reason or str(error)) from error
    marker = _CONFLICT.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        raise AnswersFileError(path, "holds the markers of a conflict", line, hint=_RESTORE)
    try:
        answers = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark.line + 1 if error.problem_mark else None
        raise AnswersFileError(path, error.problem or "is not YAML", place) from error
    except yaml.YAMLError as error:
        raise AnswersFileError(path, "is not YAML") from error
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise AnswersFileError(path, "is not a list of `name: value` lines", 1)
    return {str(name): value for name, value in answers.items()}


def to_option(value: object) -> str:
    """A value as `--data` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(item) for item in value) if value else "[]"
    if isinstance(value, dict) or value is None:
        return yaml.safe_dump(value, default_flow_style=True, width=10**6).strip().removesuffix("\n...")
    return str(value)
