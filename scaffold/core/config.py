"""What scaffold.toml says about the template: what is followed of it, what differs, what is passed over."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ConfigurationError
from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.core.toml import Document

FILE = "scaffold.toml"
_HINT = 'write for example: deviations = [{ path = ".nvmrc", reason = "we run on Node 24" }]'
_HINT_ADOPTED = 'write for example: adopted = ["standards", "convex/lib"]'
_ADOPTED = regex(r"^adopted\s*=\s*\[[^\]]*\][^\n]*\n", re.MULTILINE)
_TABLE = regex(r"^\[template\][^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class TemplateConfig:
    """Files that differ from the template on purpose, versions that are not taken; each with its reason.

    `adopted` are the groups, folders and files of the template that the project follows; None is all.
    """

    deviations: dict[str, str]
    skips: dict[str, str]
    adopted: tuple[str, ...] | None = None


def read(folder: Path) -> TemplateConfig:
    """The table `[template]` of the project's scaffold.toml; empty where there is none.

    What else stands in the file is for others to judge.

    Raises:
        ConfigurationError: it is no TOML, or an entry lacks its path, version or reason.
    """
    path = folder / FILE
    if not _says_anything(path):
        return TemplateConfig(deviations={}, skips={})
    from scaffold.core import toml  # noqa: PLC0415 - most projects say nothing, and `status` is fast

    return _template_table(toml.read(path))


def add_skip(folder: Path, version: str, reason: str) -> Path:
    """Record that a version is passed over, at the end of scaffold.toml, and return its path.

    Raises:
        ConfigurationError: the file is broken, or lists skips in a way that cannot be added to.
        CannotWriteError: the file system refuses.
    """
    import tomllib  # noqa: PLC0415

    from scaffold.core import files  # noqa: PLC0415

    read(folder)
    path = folder / FILE
    before = path.read_text("utf-8-sig") if path.is_file() else ""
    entry = f"[[template.skips]]\nversion = {_quoted(version)}\nreason = {_quoted(reason)}\n"
    after = f"{before.rstrip()}\n\n{entry}" if before.strip() else entry
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        element = f"{{ version = {_quoted(version)}, reason = {_quoted(reason)} }}"
        hint = f"add to that list yourself: {element}"
        raise ConfigurationError(str(path), "its skips are one list, which is not rewritten", hint) from error
    files.replace(path, after)
    return path


def with_adopted(text: str, words: Sequence[str] | None) -> str:
    """The text of a scaffold.toml that says what is followed of the template; None is all of it."""
    listed = "".join(f"  {_quoted(word)},\n" for word in words or ())
    line = "" if words is None else f"adopted = [\n{listed}]\n"
    if _ADOPTED.search(text):
        return _ADOPTED.sub(lambda _: line, text, count=1)
    if _TABLE.search(text):
        return _TABLE.sub(lambda header: header[0].rstrip("\n") + "\n" + line, text, count=1)
    return f"{text.rstrip()}\n\n[template]\n{line}" if line else text


def _says_anything(path: Path) -> bool:
    """Whether there is more in a file than comments, as the template's has; what cannot be read counts."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _template_table(document: Document) -> TemplateConfig:
    table = document.data.get("template", {})
    if not isinstance(table, dict):
        raise ConfigurationError(document.place(("template",)), "template is no table", _HINT)
    return TemplateConfig(
        deviations=_reasons(document, table, "deviations", "path"),
        skips=_reasons(document, table, "skips", "version"),
        adopted=_adopted(document, table),
    )


def _adopted(document: Document, table: dict[str, Any]) -> tuple[str, ...] | None:
    words = table.get("adopted")
    if words is None:
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        place = document.place(("template", "adopted"))
        raise ConfigurationError(place, "template.adopted is no list of texts", _HINT_ADOPTED)
    return tuple(word.strip("/") for word in words)


def _reasons(document: Document, table: dict[str, Any], key: str, name: str) -> dict[str, str]:
    entries = table.get(key, [])
    if not isinstance(entries, list):
        raise ConfigurationError(document.place(("template", key)), f"template.{key} is no list", _HINT)
    found = {}
    for number, entry in enumerate(entries):
        values = [entry.get(part) if isinstance(entry, dict) else None for part in (name, "reason")]
        if not all(isinstance(value, str) and value.strip() for value in values):
            place = document.place(("template", key, number))
            raise ConfigurationError(place, f"template.{key} needs a {name} and a reason each", _HINT)
        found[str(values[0])] = str(values[1])
    return found
