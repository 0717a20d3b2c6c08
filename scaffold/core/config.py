"""What scaffold.toml says about the template: deviations made on purpose, versions passed over."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core import files
from scaffold.core.errors import UnreadableConfigError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "scaffold.toml"
_HINT = 'write for example: deviations = [{ path = ".nvmrc", reason = "we run on Node 24" }]'


@dataclass(frozen=True, kw_only=True)
class TemplateConfig:
    """Files that differ from the template on purpose, versions that are not taken; each with its reason."""

    deviations: dict[str, str]
    skips: dict[str, str]


def read(folder: Path) -> TemplateConfig:
    """The table `[template]` of the project's scaffold.toml; empty where there is none.

    Raises:
        UnreadableConfigError: it is no TOML, or an entry lacks its path, version or reason.
    """
    return parse(folder / FILE, _text(folder / FILE))


def parse(path: Path, text: str) -> TemplateConfig:
    """The same, of a text; `path` is what errors name."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = f":{place[1]}" if place else ""
        reason = str(error).partition(" (at ")[0]
        raise UnreadableConfigError(f"{path}{line}", reason, f"mend {FILE}") from error
    table = content.get("template", {})
    if not isinstance(table, dict):
        raise UnreadableConfigError(str(path), "template is no table", _HINT)
    return TemplateConfig(
        deviations=_reasons(path, table, "deviations", "path"),
        skips=_reasons(path, table, "skips", "version"),
    )


def add_skip(folder: Path, version: str, reason: str) -> Path:
    """Record that a version is passed over, at the end of scaffold.toml, and return its path.

    Raises:
        UnreadableConfigError: the file is broken, or lists skips in a way that cannot be added to.
        CannotWriteError: the file system refuses.
    """
    path = folder / FILE
    before = _text(path)
    parse(path, before)
    entry = f"[[template.skips]]\nversion = {_quoted(version)}\nreason = {_quoted(reason)}\n"
    after = f"{before.rstrip()}\n\n{entry}" if before.strip() else entry
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        element = f"{{ version = {_quoted(version)}, reason = {_quoted(reason)} }}"
        hint = f"add to that list yourself: {element}"
        raise UnreadableConfigError(
            str(path), "its skips are one list, which is not rewritten", hint
        ) from error
    files.replace(path, after)
    return path


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableConfigError(str(path), str(error), f"mend {FILE}") from error


def _reasons(path: Path, table: dict[str, Any], key: str, name: str) -> dict[str, str]:
    entries = table.get(key, [])
    if not isinstance(entries, list):
        raise UnreadableConfigError(str(path), f"template.{key} is no list", _HINT)
    found = {}
    for entry in entries:
        values = [entry.get(part) if isinstance(entry, dict) else None for part in (name, "reason")]
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise UnreadableConfigError(str(path), f"template.{key} needs a {name} and a reason each", _HINT)
        found[str(values[0])] = str(values[1])
    return found
