"""One file of a project."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex
from scaffold.core.places import Lines
from scaffold.model import files, written_types
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.core.places import Place
    from scaffold.model.project import Project
    from scaffold.source.module_facts import ModuleFacts

_READ = {"schema", "auth.config", "convex.config"}
_BESIDE = regex(r"[\s);,\]}]*//+(.*)")
_LONG = 400  # bytes behind a node in which a comment may stand
_COMMENT = regex(r"\s*(?://+|/\*+|\*+/?)(.*?)(?:\*/)?\s*$")


class Module(msgspec.Struct, eq=False, kw_only=True, dict=True):
    """A file with its facts. `path` is relative to the root of the run, `name` as in `api` (`users/public`).

    `entry` tells whether Convex deploys it as a module of its own; others are only imported. `test` is told
    of tests, and of what nobody but them imports, as a file that was put aside as `users.old.ts`.
    """

    file: Path
    path: str
    name: str
    facts: ModuleFacts
    project: Project
    entry: bool = True
    test: bool = False
    digest: bytes = b""
    """What stands for the file's content."""
    imports: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    """Local name -> (specifier, imported name); the imported name may be `default` or `*`."""

    @property
    def bundled(self) -> bool:
        """Whether Convex bundles the file by itself: a module, or a file that it reads at the push."""
        return self.entry or (self.name in _READ and self.path in self.project.modules)

    @cached_property
    def body(self) -> tuple[n.Statement, ...]:
        """Its statements. Those of a file that is only outlined are read when they are asked for."""
        if self.facts.whole:
            return self.facts.body
        from scaffold.source.scan import scan  # noqa: PLC0415 - it loads the parser, which few runs need

        return scan(self.lines.source, jsx=self.path.endswith(files.JSX)).body

    @cached_property
    def is_node(self) -> bool:
        """Whether it runs in Node.js: `"use node"` stands before all code."""
        for statement in self.body:
            if not isinstance(statement, n.Do) or not isinstance(statement.value, n.String):
                return False
            if statement.value.value == "use node":
                return True
        return False

    @cached_property
    def lines(self) -> Lines:
        """The file's lines, read when a place is asked for."""
        return Lines(self.path, files.content(self.file))

    @cached_property
    def types(self) -> dict[str, str]:
        """What the types of this file stand for, as they are written."""
        return written_types.declared(self.lines.source.decode("utf-8", "replace"))

    def typed(self, annotation: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The type at a path of an annotation, through one of this file, and what is left of the path."""
        annotation, path = written_types.followed(annotation, path)
        if annotation.isidentifier():
            return written_types.followed(self.types.get(annotation, ""), path)
        return annotation, path

    def place(self, start: int, end: int) -> Place:
        """The place of a stretch of bytes."""
        return self.lines.place(start, end)

    def at(self, node: n.Node) -> Place:
        """The place of a node."""
        return self.lines.place(node.start, node.end)

    def text(self, node: n.Node) -> str:
        """The source text of a node."""
        return self.lines.source[node.start : node.end].decode("utf-8", "replace")

    def comment_above(self, node: n.Node) -> str:
        """The lines of the comment right above the line of a node, without what makes them a comment."""
        number = self.at(node).line - 1
        found: list[str] = []
        while number and (match := _COMMENT.match(self.lines.text(number))):
            found.insert(0, match[1].strip())
            number -= 1
        return "\n".join(found)

    def comment_beside(self, node: n.Node) -> str:
        """The comment behind a node, at the end of its line."""
        behind, _, _ = self.lines.source[node.end : node.end + _LONG].partition(b"\n")
        match = _BESIDE.match(behind.decode("utf-8", "replace"))
        return match[1].strip() if match else ""

    @cached_property
    def given_to(self) -> dict[int, str]:
        """Where the arguments of calls start, and the last name of each callee."""
        found: dict[int, str] = {}
        for node in walk_all(self.body):
            match node:
                case n.Call(callee=n.Name(name=name) | n.Member(property=name), arguments=arguments):
                    found |= {argument.start: name for argument in arguments}
        return found

    @cached_property
    def top(self) -> dict[str, n.Expression | n.Class]:
        """The names declared at the top level, and what they stand for."""
        from scaffold.model.names import top_level  # noqa: PLC0415 - it knows modules

        return dict(top_level(self.body))

    def statements(self) -> Iterator[n.Statement]:
        """The top-level statements."""
        yield from self.body
