"""Who owns each file of a project: its template, both sides, or the project alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import yaml

from scaffold.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FileClass = Literal["managed", "merged", "seeded", "generated"]

FILE = "scaffold-manifest.yml"
"""Stands beside the template's copier.yml; other people's templates may have none."""

_ORDER: tuple[FileClass, ...] = ("generated", "seeded", "managed")
_HINT = f"write lists of patterns under {', '.join(_ORDER)} in {FILE}"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The patterns of each class, as in .gitignore. What none matches is `merged`."""

    managed: tuple[str, ...] = ()
    seeded: tuple[str, ...] = ()
    generated: tuple[str, ...] = ("_generated/",)

    def class_of(self, path: str) -> FileClass:
        """The class of a file, named from the project's root with forward slashes."""
        return next((name for name, pattern in self._compiled.items() if pattern.match(path)), "merged")

    def seed_of(self, path: str) -> str | None:
        """The pattern that makes a file seeded: what one pattern matches is seeded together."""
        if self.class_of(path) != "seeded":
            return None
        return next(pattern for pattern in self.seeded if re.match(_expression(pattern), path))

    @cached_property
    def _compiled(self) -> dict[FileClass, re.Pattern[str]]:
        lists: Mapping[FileClass, tuple[str, ...]] = {name: getattr(self, name) for name in _ORDER}
        return {
            name: re.compile("|".join(map(_expression, patterns)))
            for name, patterns in lists.items()
            if patterns
        }


def read(root: Path, template: str) -> Manifest:
    """The manifest of a template on disk; everything is merged where it has none.

    Raises:
        TemplateError: it cannot be understood; with the line where there is one.
    """
    path = root / FILE
    if not path.is_file():
        return Manifest()
    try:
        content = yaml.safe_load(path.read_text("utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TemplateError(template, f"{FILE}{line}: {error.problem}", _HINT) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TemplateError(template, f"{FILE}: {error}", _HINT) from error
    return _manifest(content or {}, template)


def _manifest(content: object, template: str) -> Manifest:
    if not isinstance(content, dict):
        raise TemplateError(template, f"{FILE}: is no mapping", _HINT)
    lists: dict[str, tuple[str, ...]] = {}
    for name, patterns in content.items():
        if name not in _ORDER:
            raise TemplateError(template, f"{FILE}: there is no class {name!r}", _HINT)
        if not isinstance(patterns, list) or not all(isinstance(p, str) and p.strip("/") for p in patterns):
            raise TemplateError(template, f"{FILE}: {name} is no list of patterns", _HINT)
        lists[name] = tuple(patterns)
    return Manifest(**lists)


def _expression(pattern: str) -> str:
    """A pattern of .gitignore as a regular expression: anchored where a slash stands before its end."""
    body = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    parts = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", body)
    wild = {"**/": "(?:.*/)?", "/**": "/.+", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    middle = "".join(wild.get(part, re.escape(part)) for part in parts)
    end = "/.+" if pattern.endswith("/") else "(?:/.+)?"
    return f"(?:{'' if anchored else '(?:.*/)?'}{middle}{end}\\Z)"
