"""`api.py` without the modules that a project does not have.

A template has all of its modules, a new project those that were chosen. What is left of the text is what
would be written for that project, without reading its code: creating one takes no time.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core import files
from scaffold.lifecycle.stubs.api_file import DEFAULT_WIDTH, PATH, called, imports, is_ours, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_MODULE = "The functions of "


def fit(project: Path) -> None:
    """Make the module of a project that is being created fit what is in it."""
    path = project / PATH
    text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    if not is_ours(text):
        return
    with suppress(SyntaxError):  # somebody else's template may have broken it; `stubs` writes it anew
        files.replace(path, pruned(text, lambda module: (project / module).is_file()))


def pruned(text: str, is_there: Callable[[str], bool], *, width: int = DEFAULT_WIDTH) -> str:
    """The text for those modules that are there, asked by path; itself where that is all of them."""
    module = _Module(text)
    module.keep(is_there)
    return text if len(module.kept) == len(module.spaces) else module.text(width)


@dataclass(frozen=True)
class _Piece:
    """A statement with the comments above it, or a member of a class."""

    node: ast.stmt
    lines: list[str]

    @property
    def name(self) -> str:
        """The name that it gives something; empty for others."""
        match self.node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                return name
        return ""

    @property
    def other(self) -> str:
        """The name that stands alone on its right, if one does."""
        match self.node:
            case ast.Assign(value=ast.Name(id=name)):
                return name
        return ""

    @property
    def function(self) -> str:
        """The identifier of the function that it registers, if it does."""
        match self.node:
            case ast.Assign(value=ast.Call(func=ast.Subscript(), args=[ast.Constant(value=str(identifier))])):
                return identifier
        return ""

    def names(self) -> list[str]:
        """The names that it uses, in order."""
        found = [node for node in ast.walk(self.node) if isinstance(node, ast.Name)]
        return [node.id for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))]


@dataclass
class _Space:
    """A class that holds the functions of a module, or the modules of a folder."""

    told: str
    opening: list[str]
    members: list[_Piece]


@dataclass
class _Module:
    """The parts of the text. `kept` are the names of the spaces that stay."""

    source: str
    kept: dict[str, list[_Piece]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = self.source.splitlines()
        docstring, *statements = ast.parse(self.source).body
        self._opening = lines[: docstring.end_lineno]
        self._pieces = list(_pieces(statements, lines, docstring.end_lineno or 0))
        self._named = {piece.name: piece for piece in self._pieces}
        self.spaces = {piece.name: _space(piece, lines) for piece in self._pieces if _is_space(piece.node)}

    def keep(self, is_there: Callable[[str], bool]) -> None:
        """Choose the spaces that stay: inner ones come first in the text."""
        for name, space in self.spaces.items():
            if space.told.startswith(_MODULE):
                members = (
                    space.members if is_there(space.told.removeprefix(_MODULE).removesuffix(".")) else []
                )
            else:
                members = [member for member in space.members if member.other in self.kept]
            if members:
                self.kept[name] = members

    def text(self, width: int) -> str:
        """What stays, in the order in which it would have been written."""
        roots = [piece for piece in self._pieces if piece.other in self.kept]
        functions = sorted(self._functions(roots, ""), key=lambda found: found[1].function)
        types = self._types([piece for _, piece in functions])
        ids = [piece for piece in self._pieces if _is_id(piece.node) and piece.name in types]
        declared = [self._named[name] for name in types if not _is_id(self._named[name].node)]
        used = {
            name for piece in (*ids, *declared, *(each for _, each in functions)) for name in piece.names()
        }
        return joined(
            [
                [*self._opening[:-2], *called(functions[0][0] if functions else "module.function"), '"""'],
                *imports(used, width),
                [line for piece in ids for line in piece.lines],
                *(piece.lines for piece in declared),
                *(self._class(name) for name in self.kept),
                [line for piece in roots for line in piece.lines],
            ]
        )

    def _functions(self, pieces: Iterable[_Piece], prefix: str) -> Iterator[tuple[str, _Piece]]:
        for piece in pieces:
            if piece.function:
                yield prefix + piece.name, piece
            else:
                yield from self._functions(self.kept.get(piece.other, []), f"{prefix}{piece.name}.")

    def _types(self, pieces: Iterable[_Piece]) -> dict[str, None]:
        """The types that these use, each behind those that it uses itself."""
        found: dict[str, None] = {}
        for piece in pieces:
            for name in piece.names():
                if name in self._named and name not in found and name != piece.name:
                    found |= {inner: None for inner in self._types([self._named[name]]) if inner not in found}
                    found[name] = None
        return found

    def _class(self, name: str) -> list[str]:
        return [*self.spaces[name].opening, *(line for member in self.kept[name] for line in member.lines)]


def _pieces(statements: Iterable[ast.stmt], lines: list[str], end: int) -> Iterator[_Piece]:
    for node in statements:
        above = [line for line in lines[end : node.lineno - 1] if line.strip()]
        end = node.end_lineno or node.lineno
        yield _Piece(node, [*above, *lines[node.lineno - 1 : end]])


def _space(piece: _Piece, lines: list[str]) -> _Space:
    node = piece.node
    docstring, *members = node.body if isinstance(node, ast.ClassDef) else []
    told = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
    end = docstring.end_lineno or 0
    return _Space(told or "", [*lines[node.lineno - 1 : end], ""], list(_pieces(members, lines, end)))


def _is_space(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and not node.bases


def _is_id(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name(id="NewType"))):
            return True
    return False
