"""The declarations of `api.py` as lines: types, and the classes that hold the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs import python_text as text
from scaffold.lifecycle.stubs.python_text import INDENT, Subscript
from scaffold.lifecycle.stubs.typed import KINDS

if TYPE_CHECKING:
    from collections.abc import Container

    from scaffold.lifecycle.stubs.python_types import Declaration, Field
    from scaffold.lifecycle.stubs.typed import Namespace, Typed

# What class bodies name besides what the module declares and imports; no attribute may hide it.
_USED = frozenset({"bool", "bytes", "dict", "float", "str"})


def declared(declaration: Declaration, width: int) -> list[str]:
    """A type: an alias, or a `TypedDict` as a class where the names of its fields allow that."""
    name, fields = declaration.name, declaration.fields
    if fields is None:
        notes = _notes(declaration.reasons, "", width)
        told = text.comment(f"{declaration.told}.", width=width)
        return [*told, *notes, *text.broken(f"{name} = ", declaration.type, "", width=width)]
    if any(text.attribute(each.name) != each.name for each in fields):
        return _functional(declaration, fields, width)
    lines = [
        line for each in fields for line in _field(each, f"{each.name}: ", "", indent=INDENT, width=width)
    ]
    docstring = f'{INDENT}"""{declaration.told}."""'
    return [*_opened(name, width), docstring, *([""] if lines else []), *lines]


def _opened(name: str, width: int) -> list[str]:
    line = f"class {name}(TypedDict):"
    return [line] if len(line) <= width else [f"class {name}(", f"{INDENT}TypedDict,", "):"]


def _functional(declaration: Declaration, fields: tuple[Field, ...], width: int) -> list[str]:
    indent = INDENT * 2
    lines = [
        line
        for each in fields
        for line in _field(each, f"{text.quoted(each.name)}: ", ",", indent=indent, width=width)
    ]
    return [
        *text.comment(f"{declaration.told}.", width=width),
        f"{declaration.name} = TypedDict(",
        f"{INDENT}{text.quoted(declaration.name)},",
        f"{INDENT}{{",
        *lines,
        f"{INDENT}}},",
        ")",
    ]


def _field(field: Field, prefix: str, suffix: str, *, indent: str, width: int) -> list[str]:
    written = text.broken(prefix, field.type, suffix, indent=indent, width=width)
    return [*_notes(field.reasons, indent, width), *written]


def _notes(reasons: tuple[str, ...], indent: str, width: int) -> list[str]:
    return [
        line
        for reason in dict.fromkeys(reasons)
        for line in text.comment(
            f"Any, since the validator cannot be read: {reason}.", indent=indent, width=width
        )
    ]


def namespaces(root: Namespace, taken: frozenset[str], width: int) -> tuple[list[list[str]], dict[str, str]]:
    """The classes, inner ones first, then the names of the outermost; and where each function is found."""
    classes = _Classes(taken, width)
    blocks: list[list[str]] = []
    assigned: list[str] = []
    paths: dict[str, str] = {}
    used: set[str] = set()
    for space in _parts(root):
        name = classes.add(space, blocks)
        target = text.unhidden(text.identifier(space.name), taken | used)
        used.add(target)
        assigned.append(f"{target} = {name}")
        paths |= {identifier: f"{target}.{path}" for identifier, path in classes.paths.pop(name).items()}
    return [*blocks, assigned], dict(sorted(paths.items()))


class _Classes:
    """Writes namespaces as classes; `paths` says where in each class its functions are."""

    def __init__(self, taken: frozenset[str], width: int) -> None:
        self._hidden = taken | _USED
        self._names: set[str] = set()
        self._width = width
        self.paths: dict[str, dict[str, str]] = {}

    def add(self, space: Namespace, blocks: list[list[str]]) -> str:
        """The name of the class; its lines, and those of the classes inside of it, go to `blocks`."""
        members: dict[str, list[str]] = {}
        paths: dict[str, str] = {}
        for each in space.functions:
            target = self._attribute(each.function.name, members)
            members[target] = self._function(each, target)
            paths[each.function.identifier] = target
        for part in _parts(space):
            inner = self.add(part, blocks)
            target = self._attribute(part.name, members)
            members[target] = [f"{INDENT}{target} = {inner}"]
            paths |= {identifier: f"{target}.{path}" for identifier, path in self.paths.pop(inner).items()}
        name = text.free(f"_{text.pascal(space.path)}", self._names.__contains__)
        self._names.add(name)
        self.paths[name] = paths
        lines = [line for target in members for line in members[target]]
        told = f"The functions of {space.told}." if space.functions else f"The modules in {space.told}."
        blocks.append([f"class {name}:", f'{INDENT}"""{told}"""', "", *lines])
        return name

    def _attribute(self, name: str, members: Container[str]) -> str:
        found = text.attribute(name)
        while found in self._hidden or found in members:
            found += "_"
        return found

    def _function(self, typed: Typed, target: str) -> list[str]:
        function = typed.function
        registered = Subscript(KINDS[function.kind], (typed.arguments, typed.result))
        notes = [
            line for note in typed.notes for line in text.comment(note, indent=INDENT, width=self._width)
        ]
        call = f"({text.quoted(function.identifier)})"
        written = text.broken(f"{target} = ", registered, call, indent=INDENT, width=self._width)
        return [*notes, *written]


def _parts(space: Namespace) -> list[Namespace]:
    return [space.parts[name] for name in sorted(space.parts)]
