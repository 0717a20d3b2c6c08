"""Syntax tree to nodes: statements, declarations, imports and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n
from scaffold.source.lowering import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tree_sitter import Node

_IGNORED = {
    "comment",
    "empty_statement",
    "interface_declaration",
    "type_alias_declaration",
    "ambient_declaration",
    "function_signature",
    "import_alias",
    "hash_bang_line",
    "debugger_statement",
}
_FUNCTIONS = {"function_declaration", "generator_function_declaration"}
_CLASSES = {"class_declaration", "abstract_class_declaration"}
_VARIABLES = {"lexical_declaration", "variable_declaration"}


class Statements(Expressions):
    """Lowers one file. What is nested too deeply for Python is left out, and noted in `too_deep`."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.too_deep: list[tuple[int, int]] = []

    def program(self, root: Node) -> tuple[n.Statement, ...]:
        """All statements of a file."""
        body: list[n.Statement] = []
        for child in root.named_children:
            try:
                body.extend(self.statement(child))
            except RecursionError:
                self.too_deep.append((child.start_byte, child.end_byte))
        return tuple(body)

    def statement(self, node: Node, *, exported: bool = False) -> Iterable[n.Statement]:
        """The statements that a syntax node stands for: none, one, or one a declarator."""
        kind = node.type
        handler = _STATEMENTS.get(kind)
        if handler is not None:
            return handler(self, node)
        if kind in _VARIABLES:
            return self._declarations(node, exported=exported)
        if kind in _IGNORED:
            return ()
        if kind in _FUNCTIONS:
            function = self.function(node)
            return (n.Define(node.start_byte, node.end_byte, function, exported),)
        if kind in _CLASSES:
            return (self.klass(node, exported=exported),)
        if kind == "enum_declaration":
            return (self._enum(node, exported=exported),)
        if kind == "ERROR":
            return self._recover(node)
        return (n.Do(node.start_byte, node.end_byte, self.expression(node)),)

    def block(self, node: Node | None) -> tuple[n.Statement, ...]:
        """The statements of a block, or of a lone statement."""
        if node is None:
            return ()
        if node.type != "statement_block":
            return tuple(self.statement(node))
        found: list[n.Statement] = []
        for child in node.named_children:
            found += self.statement(child)
        return tuple(found)

    def klass(self, node: Node, *, exported: bool = False) -> n.Class:
        """A class, its methods and fields as properties."""
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
        parents = self.all_of(heritage.named_children) if heritage is not None else ()
        parent = parents[0] if parents else None
        if isinstance(parent, n.Other) and parent.parts:
            parent = parent.parts[0]
        members = tuple(self._members(body)) if body is not None else ()
        text = self.text(name) if name is not None else ""
        return n.Class(node.start_byte, node.end_byte, text, members, parent, exported)

    def _members(self, body: Node) -> Iterator[n.Property]:
        for child in body.named_children:
            if child.type == "method_definition":
                name = self.key(child.child_by_field_name("name"))
                yield n.Property(
                    child.start_byte, child.end_byte, name, self.function(child, name or ""), "method"
                )
            elif child.type == "public_field_definition":
                value = child.child_by_field_name("value")
                if value is not None:
                    name = self.key(child.child_by_field_name("name"))
                    yield n.Property(child.start_byte, child.end_byte, name, self.expression(value))

    def _enum(self, node: Node, *, exported: bool) -> n.Declare:
        """An enum, as the object that it is when it runs; members that are only counted are left out."""
        body = node.child_by_field_name("body")
        members: list[n.Property] = []
        for child in body.named_children if body is not None else ():
            value = child.child_by_field_name("value")
            if child.type == "enum_assignment" and value is not None:
                key = self.key(child.child_by_field_name("name"))
                members.append(n.Property(child.start_byte, child.end_byte, key, self.expression(value)))
        made = n.Object(node.start_byte, node.end_byte, tuple(members))
        return n.Declare(node.start_byte, node.end_byte, "const", self._field(node, "name"), made, exported)

    def _declarations(self, node: Node, *, exported: bool) -> Iterator[n.Statement]:
        kind = node.children[0].type if node.children else "var"
        for child in node.named_children:
            if child.type != "variable_declarator":
                continue
            value = child.child_by_field_name("value")
            yield n.Declare(
                child.start_byte,
                child.end_byte,
                kind,
                self._field(child, "name"),
                self.expression(value) if value is not None else None,
                exported,
            )

    def _recover(self, node: Node) -> Iterator[n.Statement]:
        """The statements that the parser could still make out inside of what it could not."""
        for child in node.named_children:
            if child.type.endswith(("_statement", "_declaration")):
                yield from self.statement(child)


def _expression_statement(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    return tuple(n.Do(node.start_byte, node.end_byte, value) for value in values)


def _return(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    return (n.Return(node.start_byte, node.end_byte, values[0] if values else None),)


def _throw(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    value = values[0] if values else n.Other(node.start_byte, node.end_byte, "missing")
    return (n.Throw(node.start_byte, node.end_byte, value),)


def _if(self: Statements, node: Node) -> Iterable[n.Statement]:
    alternative = node.child_by_field_name("alternative")
    other: tuple[n.Statement, ...] = ()
    if alternative is not None:
        other = tuple(part for child in alternative.named_children for part in self.block(child))
    test = self._field(node, "condition")
    return (
        n.If(
            node.start_byte, node.end_byte, test, self.block(node.child_by_field_name("consequence")), other
        ),
    )


def _for(self: Statements, node: Node) -> Iterable[n.Statement]:
    before = node.child_by_field_name("initializer")
    condition = node.child_by_field_name("condition")
    step = node.child_by_field_name("increment")
    head = None
    if condition is not None and condition.type != "empty_statement":
        head = self.expression(
            condition.named_children[0] if condition.type == "expression_statement" else condition
        )
    return (
        n.Loop(
            node.start_byte,
            node.end_byte,
            "for",
            None,
            head,
            self.block(node.child_by_field_name("body")),
            self.block(before),
            self.expression(step) if step is not None else None,
        ),
    )


def _for_in(self: Statements, node: Node) -> Iterable[n.Statement]:
    operator = node.child_by_field_name("operator")
    return (
        n.Loop(
            node.start_byte,
            node.end_byte,
            self.text(operator) if operator is not None else "of",
            self._field(node, "left"),
            self._field(node, "right"),
            self.block(node.child_by_field_name("body")),
            awaits=any(child.type == "await" for child in node.children[:3]),
        ),
    )


def _while(self: Statements, node: Node) -> Iterable[n.Statement]:
    kind = "do" if node.type == "do_statement" else "while"
    head = self._field(node, "condition")
    body = self.block(node.child_by_field_name("body"))
    return (n.Loop(node.start_byte, node.end_byte, kind, None, head, body),)


def _try(self: Statements, node: Node) -> Iterable[n.Statement]:
    handler = node.child_by_field_name("handler")
    last = node.child_by_field_name("finalizer")
    parameter = handler.child_by_field_name("parameter") if handler is not None else None
    return (
        n.Try(
            node.start_byte,
            node.end_byte,
            self.block(node.child_by_field_name("body")),
            handler is not None,
            self.expression(parameter) if parameter is not None else None,
            self.block(handler.child_by_field_name("body")) if handler is not None else (),
            self.block(last.child_by_field_name("body")) if last is not None else (),
        ),
    )


def _switch(self: Statements, node: Node) -> Iterable[n.Statement]:
    body = node.child_by_field_name("body")
    cases = tuple(
        _case(self, child)
        for child in (body.named_children if body is not None else ())
        if child.type in {"switch_case", "switch_default"}
    )
    return (n.Switch(node.start_byte, node.end_byte, self._field(node, "value"), cases),)


def _case(self: Statements, node: Node) -> n.Case:
    value = node.child_by_field_name("value")
    body = tuple(
        part
        for child in node.named_children
        if value is None or child.start_byte != value.start_byte
        for part in self.statement(child)
    )
    return n.Case(node.start_byte, node.end_byte, self.expression(value) if value is not None else None, body)


def _block(self: Statements, node: Node) -> Iterable[n.Statement]:
    return (n.Block(node.start_byte, node.end_byte, self.block(node)),)


def _labeled(self: Statements, node: Node) -> Iterable[n.Statement]:
    return (n.Block(node.start_byte, node.end_byte, self.block(node.child_by_field_name("body"))),)


def _leave(self: Statements, node: Node) -> Iterable[n.Statement]:  # noqa: ARG001 - one signature for all
    return (n.Leave(node.start_byte, node.end_byte, node.type.removesuffix("_statement")),)


def _import(self: Statements, node: Node) -> Iterable[n.Statement]:
    source = node.child_by_field_name("source")
    if source is None:  # import a = require("…")
        return ()
    names: list[tuple[str, str]] = []
    for clause in node.named_children:
        if clause.type == "import_clause":
            for child in clause.named_children:
                names.extend(_imported(self, child))
    type_only = any(child.type == "type" for child in node.children[:3])
    specifier = self.key(source) or ""
    return (n.Import(node.start_byte, node.end_byte, specifier, tuple(names), type_only),)


def _imported(self: Statements, node: Node) -> Iterator[tuple[str, str]]:
    match node.type:
        case "identifier":
            yield "default", self.text(node)
        case "namespace_import":
            yield "*", self.text(node.named_children[0])
        case "named_imports":
            for specifier in node.named_children:
                if specifier.type == "import_specifier" and not _is_type(specifier):
                    yield _renamed(self, specifier)


def _is_type(specifier: Node) -> bool:
    return any(child.type in {"type", "typeof"} for child in specifier.children[:1])


def _renamed(self: Statements, specifier: Node) -> tuple[str, str]:
    name = self.key(specifier.child_by_field_name("name")) or ""
    alias = self.key(specifier.child_by_field_name("alias"))
    return name, alias or name


def _export(self: Statements, node: Node) -> Iterable[n.Statement]:
    declaration = node.child_by_field_name("declaration")
    if any(child.type == "default" for child in node.children[:3]):
        return _export_default(self, node, declaration)
    if declaration is not None:
        return tuple(self.statement(declaration, exported=True))
    source = node.child_by_field_name("source")
    specifier = self.key(source) if source is not None else None
    names: list[tuple[str, str]] = []
    for child in node.children:
        if child.type == "export_clause":
            parts = [p for p in child.named_children if p.type == "export_specifier" and not _is_type(p)]
            names.extend(_renamed(self, part) for part in parts)
        elif child.type == "*":
            names.append(("*", "*"))
        elif child.type == "namespace_export":
            names = [("*", self.key(child.named_children[0]) or "")]
    type_only = any(child.type == "type" for child in node.children[:3])
    return (n.ExportNames(node.start_byte, node.end_byte, tuple(names), specifier, type_only),)


def _export_default(self: Statements, node: Node, declaration: Node | None) -> Iterable[n.Statement]:
    if declaration is not None and declaration.type in _FUNCTIONS:
        function = self.function(declaration)
        return (n.Define(node.start_byte, node.end_byte, function, exported=True, default=True),)
    value = node.child_by_field_name("value") or declaration
    if value is None or value.type in _IGNORED:
        return ()
    if value.type in _CLASSES:
        named = self.klass(value)
        return (
            named,
            n.ExportDefault(
                node.start_byte, node.end_byte, n.Name(value.start_byte, value.end_byte, named.name)
            ),
        )
    return (n.ExportDefault(node.start_byte, node.end_byte, self.expression(value)),)


def _namespace(self: Statements, node: Node) -> Iterable[n.Statement]:
    return (n.Block(node.start_byte, node.end_byte, self.block(node.child_by_field_name("body"))),)


_STATEMENTS: dict[str, Callable[[Statements, Node], Iterable[n.Statement]]] = {
    "expression_statement": _expression_statement,
    "return_statement": _return,
    "throw_statement": _throw,
    "if_statement": _if,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "while_statement": _while,
    "do_statement": _while,
    "try_statement": _try,
    "switch_statement": _switch,
    "statement_block": _block,
    "labeled_statement": _labeled,
    "break_statement": _leave,
    "continue_statement": _leave,
    "import_statement": _import,
    "export_statement": _export,
    "internal_module": _namespace,
    "module": _namespace,
}
