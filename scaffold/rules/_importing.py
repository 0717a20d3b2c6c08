"""Edits that bring a name into a module."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.findings import Edit
from scaffold.core.patterns import regex
from scaffold.rules._layout import newline
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from scaffold.model.module import Module

_NAMES = regex(rb"\{([^{}]*)\}")


def import_edit(module: Module, name: str, specifier: str) -> tuple[str, tuple[Edit, ...]] | None:
    """What a name from a module is called here, and the edits that import it if it is not.

    None if the name means something else here.
    """
    for local, origin in module.imports.items():
        if origin == (specifier, name):
            return local, ()
    if _taken(module, name):
        return None
    same = (each for each in _imports(module) if each.specifier == specifier and not each.type_only)
    existing = next(same, None)
    edit = _extended(module, existing, name) if existing is not None else _added(module, name, specifier)
    return (name, (edit,)) if edit is not None else None


def quote(module: Module) -> str:
    """The quotation mark of the module's imports."""
    imports = _imports(module)
    return "'" if imports and "'" in module.text(imports[-1]) else '"'


def _imports(module: Module) -> list[n.Import]:
    return [each for each in module.body if isinstance(each, n.Import)]


@lru_cache(maxsize=64)
def _taken(module: Module, name: str) -> bool:
    """Whether any variable, parameter or import of the module has the name already."""
    if not re.search(rb"(?<![\w$.])" + re.escape(name.encode()) + rb"(?![\w$])", module.lines.source):
        return False
    return name in module.imports or any(
        isinstance(node, n.Name) and node.name == name for node in walk_all(module.body)
    )


def _extended(module: Module, existing: n.Import, name: str) -> Edit | None:
    """The name put behind the last one in the braces of an import."""
    text = module.lines.source[existing.start : existing.end]
    match = _NAMES.search(text)
    if match is None:
        return None
    listed = match[1].rstrip()
    if not listed:
        return None
    at = existing.start + match.start(1) + len(listed.rstrip(b","))
    last_line = listed.rpartition(b"\n")[2]
    margin = last_line[: len(last_line) - len(last_line.lstrip())].decode()
    gap = f",{newline(module)}{margin}" if b"\n" in listed else ", "
    return Edit(module.path, at, at, gap + name)


def _added(module: Module, name: str, specifier: str) -> Edit:
    """An import declaration behind the last one, or before the first statement."""
    end = newline(module)
    imports = _imports(module)
    mark = quote(module)
    semicolon = "" if imports and not module.text(imports[-1]).endswith(";") else ";"
    line = f"import {{ {name} }} from {mark}{specifier}{mark}{semicolon}"
    if imports:
        at = imports[-1].end
        return Edit(module.path, at, at, end + line)
    code = [each for each in module.body if not _is_directive(each)]
    at = code[0].start if code else 0
    at = module.lines.source.rfind(b"\n", 0, at) + 1
    return Edit(module.path, at, at, line + end + end)


def _is_directive(statement: n.Statement) -> bool:
    return isinstance(statement, n.Do) and isinstance(statement.value, n.String)
