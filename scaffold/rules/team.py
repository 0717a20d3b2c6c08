"""Rules that a team writes in YAML, for ast-grep.

A rule has a code of the team's own: the configured prefix with the number in `metadata: {code: 101}`, or
the start of its id, as in `id: ACME101-no-date-now`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scaffold.core import files
from scaffold.core.errors import ConfigurationError
from scaffold.core.findings import Edit, Fix, Level, Profile
from scaffold.core.globs import matches
from scaffold.core.text import nearest
from scaffold.model.module import Module
from scaffold.rules.packages import check_code
from scaffold.rules.rule import Rule
from scaffold.source.patterns import LANGUAGES, Pattern, PatternError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_LEVELS = {"error": Level.ERROR, "warning": Level.WARNING, "info": Level.INFO, "hint": Level.INFO}
_KEYS = {
    *(
        "id",
        "language",
        "rule",
        "constraints",
        "utils",
        "message",
        "note",
        "severity",
        "fix",
        "files",
        "ignores",
    ),
    *("url", "metadata"),
}
_PLACES = {"utils", "__snapshots__", "node_modules"}  # folders of no rules


@dataclass(frozen=True)
class Document:
    """One document of a YAML file, and where it stands, for messages."""

    place: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A rule in YAML: as our own are, and as ast-grep runs it."""

    rule: Rule
    pattern: Pattern


@dataclass(frozen=True)
class Trial:
    """Code that a rule must be silent about, and code that it must report."""

    place: str
    id: str
    valid: tuple[str, ...]
    invalid: tuple[str, ...]


def from_folder(folder: Path, prefix: str) -> dict[str, Written]:
    """The ast-grep rules of all YAML files below a folder, by their ids.

    Raises:
        ConfigurationError: the folder is not there, or a rule is not well-formed.
    """
    shared = _utilities(folder)
    found: dict[str, Written] = {}
    for document in _documents(folder, skip=_PLACES):
        if document.content.get("severity") == "off":
            continue
        if "rule" not in document.content:
            _refuse_half_a_rule(document)
            continue
        identity = _text(document, "id")
        if identity in found:
            raise ConfigurationError(document.place, f"a second rule {identity!r}", "give it another id")
        found[identity] = _written(document, prefix, shared)
    return found


def _refuse_half_a_rule(document: Document) -> None:
    """Only rules have a language: one without `rule` would never find anything, and nobody would know."""
    if "language" in document.content:
        raise ConfigurationError(document.place, "the rule has no `rule`", "say what it matches: rule: …")


def trials(folder: Path) -> tuple[Trial, ...]:
    """The tests of the rules: documents with `id`, `valid` and `invalid`, as ast-grep has them.

    Raises:
        ConfigurationError: one is not well-formed.
    """
    return tuple(
        Trial(
            document.place,
            _text(document, "id"),
            tuple(_texts(document, "valid")),
            tuple(_texts(document, "invalid")),
        )
        for document in _documents(folder, skip=_PLACES)
        if "valid" in document.content or "invalid" in document.content
    )


def _utilities(folder: Path) -> dict[str, dict[str, Any]]:
    """Rules in folders called `utils`, which others refer to by `matches`, by their language."""
    found: dict[str, dict[str, Any]] = {}
    for document in _documents(folder, skip=_PLACES - {"utils"}):
        if "/utils/" in document.place and "rule" in document.content:
            language = _language(document)
            found.setdefault(language, {})[_text(document, "id")] = document.content["rule"]
    return found


def _documents(folder: Path, skip: set[str]) -> Iterator[Document]:
    if not folder.is_dir():
        raise ConfigurationError(
            "[team] ast-grep",
            f"there is no such folder: {folder}",
            "make it, or correct its path in scaffold.toml",
        )
    for path in sorted(_files(folder)):
        inner = path.relative_to(folder)
        if not skip & set(inner.parts[:-1]) and inner.name != "sgconfig.yml":
            yield from _documents_in(path, f"{folder.name}/{inner.as_posix()}")


def _files(folder: Path) -> Iterator[Path]:
    """The YAML below a folder, without what goes, or may not be read, while it is looked for."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if name.endswith((".yml", ".yaml")))


def _documents_in(path: Path, place: str) -> Iterator[Document]:
    try:
        text = files.text(path)
        nodes = list(yaml.compose_all(text, yaml.SafeLoader))
        contents = list(yaml.safe_load_all(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(
            f"{place}:{line}", error.problem or "it is no YAML", "mend the file"
        ) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(place, f"it cannot be read: {error}", "mend the file") from error
    for node, content in zip(nodes, contents, strict=True):
        if isinstance(content, dict):
            yield Document(f"{place}:{node.start_mark.line + 1}", content)


def _written(document: Document, prefix: str, shared: dict[str, dict[str, Any]]) -> Written:
    content = document.content
    for key in content:
        if key not in _KEYS:
            guess = nearest(str(key), _KEYS)
            hint = f"did you mean {guess}?" if guess else "leave it out"
            raise ConfigurationError(document.place, f"{key!r} of a rule is not supported here", hint)
    code, name = _identity(document, prefix)
    pattern = _pattern(document, shared)
    check = partial(_run, pattern=pattern, document=document)
    severity = content.get("severity", "warning")
    if severity not in _LEVELS:
        raise ConfigurationError(
            document.place, f"severity {severity!r}", "choose from: error, warning, info, hint"
        )
    rule = Rule(
        code=code,
        name=name,
        level=_LEVELS[severity],
        profile=Profile.RECOMMENDED,
        subject=Module,
        check=check,
        doc="\n\n".join(filter(None, [pattern.message, f"Way out:\n{_way_out(document)}"])),
    )
    return Written(rule, pattern)


def _identity(document: Document, prefix: str) -> tuple[str, str]:
    identity = _text(document, "id")
    metadata = document.content.get("metadata")
    number = metadata.get("code") if isinstance(metadata, dict) else None
    if isinstance(number, int):
        code, name = f"{prefix}{number}", identity
    elif match := re.match(rf"({prefix}\d+)[-_ ]?(.*)", identity, re.IGNORECASE):
        code, name = match[1].upper(), match[2] or identity
    else:
        hint = f"write `metadata: {{code: 101}}` for {prefix}101, or begin the id with {prefix}101-"
        raise ConfigurationError(document.place, f"the rule {identity!r} has no code", hint)
    check_code(code, document.place)
    return code, name.lower().replace("_", "-")


def _pattern(document: Document, shared: dict[str, dict[str, Any]]) -> Pattern:
    content, language = document.content, _language(document)
    fix = content.get("fix")
    if fix is not None and not isinstance(fix, str):
        raise ConfigurationError(document.place, "`fix` is no text", "write it as one template")
    matcher = {key: content[key] for key in ("rule", "constraints") if key in content}
    utilities = shared.get(language, {}) | content.get("utils", {})
    pattern = Pattern(
        language=language,
        matcher=matcher | ({"utils": utilities} if utilities else {}),
        message=_text(document, "message") if "message" in content else _text(document, "id"),
        fix=fix,
    )
    try:
        pattern.check()
    except PatternError as error:
        raise ConfigurationError(document.place, str(error), "see the guide of ast-grep on rules") from error
    return pattern


def _language(document: Document) -> str:
    language = _text(document, "language").lower()
    if language not in LANGUAGES:
        raise ConfigurationError(
            document.place, f"language {language!r}", "choose from: TypeScript, Tsx, JavaScript"
        )
    return language


def _run(module: Module, rule: Rule, *, pattern: Pattern, document: Document) -> Iterator[Finding]:
    if not _applies(module.path, pattern, document.content):
        return
    try:
        text = module.lines.source.decode("utf-8")
    except UnicodeDecodeError:  # ast-grep reads nothing else
        return
    for match in pattern.matches(text):
        place = module.lines.place(match.start, match.end)
        fix = None
        if match.replacement is not None:
            edit = Edit(module.path, match.start, match.end, match.replacement)
            fix = Fix(f"replace it with `{match.replacement}`", (edit,))
        way_out = _way_out(document)
        yield rule.finding(place, match.message, way_out=way_out, symbol=module.name, fix=fix)


def _applies(path: str, pattern: Pattern, content: dict[str, Any]) -> bool:
    if not path.endswith(LANGUAGES[pattern.language][1]):
        return False
    files, ignores = content.get("files"), content.get("ignores")
    return (not files or matches(path, files)) and not (ignores and matches(path, ignores))


def _way_out(document: Document) -> str:
    note, url = document.content.get("note"), document.content.get("url")
    return " ".join(str(part).strip() for part in (note, url) if part) or "see the team's rules"


def _text(document: Document, key: str) -> str:
    value = document.content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(
            document.place, f"`{key}` is missing, or no text", f"give it a text: {key}: …"
        )
    return value.strip()


def _texts(document: Document, key: str) -> list[str]:
    value = document.content.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ConfigurationError(document.place, f"`{key}` is no list of code", f"write {key}: [code, …]")
    return value
