"""A file of tests, brought up to date function by function."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core.errors import UnreadableTestsError
from scaffold.lifecycle.stubs import writing
from scaffold.lifecycle.stubs.ledger import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Piece:
    """A stretch of lines: a test with its decorators and the comment right above it."""

    first: int
    end: int
    text: str


@dataclass
class Outcome:
    """What became of a file's tests. `notes` are digests for the ledger, `left` are tests that stay.

    `missing` were written, `behind` rewritten, `gone` removed; `stale` are edited tests of functions that are
    gone.
    """

    text: str
    notes: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether its last test went, and nothing that is somebody's own is left."""
        nodes = ast.parse(self.text).body
        return bool(self.gone) and all(
            isinstance(node, ast.Import | ast.ImportFrom)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for node in nodes
        )


def update(
    path: Path, before: bytes | None, module: str, wanted: Mapping[str, str], noted: Mapping[str, str]
) -> Outcome:
    """The file with the wanted tests; what somebody has edited stays as it is.

    `noted` are the digests of what was generated last time.

    Raises:
        UnreadableTestsError: the file is no Python.
    """
    if before is None:
        return _new(module, wanted)
    text, line_end = _decoded(path, before)
    done = _Update(path, text, module, wanted, noted).run()
    done.text = done.text.replace("\n", line_end)
    return done


def _new(module: str, wanted: Mapping[str, str]) -> Outcome:
    tests = "\n\n".join(f"\n{text}".lstrip("\n") for text in wanted.values())
    head = writing.header(module, tests)
    notes = {"": digest(head), **{name: digest(text) for name, text in wanted.items()}}
    return Outcome(f"{head}\n\n{tests}", notes=notes, missing=list(wanted))


class _Update:
    def __init__(
        self, path: Path, text: str, module: str, wanted: Mapping[str, str], noted: Mapping[str, str]
    ) -> None:
        self._lines = text.splitlines(keepends=True)
        self._module = module
        self._wanted = wanted
        self._noted = noted
        self._tree = _parsed(path, text)
        self._pieces = self._found()
        self._done = Outcome(text)
        self._edits: list[tuple[int, int, str]] = []

    def run(self) -> Outcome:
        for name, piece in self._pieces.items():
            self._judge(name, piece)
        self._add()
        self._done.text = self._edited(self._edits)
        self._head()
        return self._done

    def _judge(self, name: str, piece: Piece) -> None:
        """Decide over a test that is there."""
        here, noted = digest(piece.text), self._noted.get(name)
        wanted = self._wanted.get(name)
        done = self._done
        if wanted is not None:
            fresh = digest(wanted)
            if here == fresh:
                done.notes[name] = fresh
            elif here == noted:
                done.notes[name] = fresh
                done.behind.append(name)
                self._edits.append((piece.first, piece.end, wanted))
            else:
                done.edited.append(name)
                if noted is not None:
                    done.notes[name] = noted
        elif here == noted:
            done.gone.append(name)
            self._edits.append((self._blank_before(piece.first), piece.end, ""))
        elif noted is not None:
            done.stale.append(name)
            done.notes[name] = noted

    def _add(self) -> None:
        """Put what is missing behind the test that stands before it in order."""
        at = self._first()
        for name, text in self._wanted.items():
            if name in self._pieces:
                at = self._pieces[name].end
            elif name in self._noted:
                self._done.left_out.append(name)
                self._done.notes[name] = self._noted[name]
            else:
                self._done.missing.append(name)
                self._done.notes[name] = digest(text)
                self._edits.append((at, at, f"\n\n{text}" if at else text))

    def _head(self) -> None:
        """What stands above the tests: rewritten while nobody has edited it, else given what it lacks."""
        text = self._done.text
        first = _first_test(ast.parse(text))
        lines = text.splitlines(keepends=True)
        end = first if first is not None else len(lines)
        head, tests = "".join(lines[:end]), "".join(lines[end:])
        fresh = writing.header(self._module, tests)
        if (
            self._noted.get("") in {digest(head), None}
            and digest(head) != digest(fresh)
            and self._is_ours(head)
        ):
            self._done.text = f"{fresh}\n\n{tests}" if tests else fresh
            self._done.notes[""] = digest(fresh)
        elif digest(head) == digest(fresh):
            self._done.notes[""] = digest(fresh)
        else:
            if "" in self._noted:
                self._done.notes[""] = self._noted[""]
            self._done.text = _with_imports(text, writing.imports(tests))

    def _is_ours(self, head: str) -> bool:
        return self._noted.get("") == digest(head)

    def _found(self) -> dict[str, Piece]:
        found: dict[str, Piece] = {}
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
                while first > 0 and self._lines[first - 1].startswith("#"):
                    first -= 1
                end = node.end_lineno or node.lineno
                found[node.name] = Piece(first, end, "".join(self._lines[first:end]))
        return found

    def _first(self) -> int:
        """Where tests begin that no other one precedes: behind the docstring, the imports and all else."""
        first = min((piece.first for piece in self._pieces.values()), default=None)
        if first is None:
            return len(self._lines)
        return self._blank_before(first)

    def _blank_before(self, line: int) -> int:
        while line > 0 and not self._lines[line - 1].strip():
            line -= 1
        return line

    def _edited(self, edits: list[tuple[int, int, str]]) -> str:
        lines = list(self._lines)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        order = sorted(enumerate(edits), key=lambda item: (item[1][0], item[1][1], item[0]), reverse=True)
        for _, (first, end, text) in order:
            lines[first:end] = [text] if text else []
        return "".join(lines)


def _with_imports(text: str, needed: list[str]) -> str:
    """The text with the names that its tests need imported, behind its last import."""
    tree = ast.parse(text)
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    lines = text.splitlines(keepends=True)
    added = [statement for each in needed if (statement := _lacking(each, known))]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    at = max((node.end_lineno or 0 for node in imports), default=_behind_docstring(tree))
    lines[at:at] = [f"{statement}\n" for statement in added]
    return "".join(lines)


def _lacking(statement: str, known: set[str]) -> str:
    """An import statement without the names that are known; empty where all are."""
    head, _, names = statement.rpartition("import ")
    wanted = [name for name in names.split(", ") if name not in known]
    return f"{head}import {', '.join(wanted)}" if wanted else ""


def _behind_docstring(tree: ast.Module) -> int:
    first = tree.body[0] if tree.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (first.end_lineno or 0) if first is not None and is_text else 0


def _first_test(tree: ast.Module) -> int | None:
    """The line of the first function that is a test, with its decorators."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
    return None


def _parsed(path: Path, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise UnreadableTestsError(path, f"line {error.lineno}: {error.msg}") from error


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    """The text with plain line ends, and the line end that it has."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableTestsError(path, "it is not UTF-8") from error
    line_end = "\r\n" if re.search(r"\r\n", text) else "\n"
    return text.replace("\r\n", "\n"), line_end
