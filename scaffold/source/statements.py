"""Syntax tree to nodes: statements, declarations and exports of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scaffold.source import linking
from scaffold.source import nodes as n
from scaffold.source.lowering import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from scaffold.source.grammar import Grammar

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


class Statements(Expressions):
    """Lowers one file. What is nested too deeply for Python is left out, and noted in `too_deep`."""

    def __init__(self, source: bytes, *, jsx: bool = False) -> None:
        super().__init__(source, jsx=jsx)
        self._statements = _statements(self.grammar)
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

    def outline(self, root: Node) -> tuple[n.Statement, ...]:
        """The statements that tie a file to others, and its directives."""
        ties = (child for child in root.named_children if self._is_tie(child))
        return tuple(statement for child in ties for statement in self.statement(child))

    def _is_tie(self, node: Node) -> bool:
        match self.kinds[node.kind_id]:
            case "import_statement":
                return True
            case "export_statement":
                return node.child_by_field_id(self.fields.declaration) is None and not self.begins_with(
                    node, "default", node.end_byte
                )
            case "lexical_declaration" | "variable_declaration":
                return self._bytes.find("require", node.start_byte, node.end_byte) >= 0
            case "expression_statement":
                return self.kinds[node.named_children[0].kind_id] == "string"
        return False

    def statement(self, node: Node) -> Iterable[n.Statement]:
        """The statements that a syntax node stands for: none, one, or one a declarator."""
        return self._statements[node.kind_id](self, node)

    def block(self, node: Node | None) -> tuple[n.Statement, ...]:
        """The statements of a block, or of a lone statement."""
        if node is None:
            return ()
        if self.kinds[node.kind_id] != "statement_block":
            return tuple(self.statement(node))
        found: list[n.Statement] = []
        for child in node.named_children:
            found += self.statement(child)
        return tuple(found)

    def klass(self, node: Node, *, exported: bool = False) -> n.Class:
        """A class, its methods and fields as properties."""
        name = node.child_by_field_id(self.fields.name)
        body = node.child_by_field_id(self.fields.body)
        heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
        parents = self.all_of(heritage.named_children) if heritage is not None else ()
        parent = parents[0] if parents else None
        if isinstance(parent, n.Other) and parent.parts:
            parent = parent.parts[0]
        members = self.properties(body.named_children) if body is not None else ()
        text = self.text(name) if name is not None else ""
        return n.Class(node.start_byte, node.end_byte, text, members, parent, exported)


def _do(self: Statements, node: Node) -> Iterable[n.Statement]:
    return (n.Do(node.start_byte, node.end_byte, self.expression(node)),)


def _nothing(self: Statements, node: Node) -> Iterable[n.Statement]:  # noqa: ARG001 - one signature for all
    return ()


def _declarations(self: Statements, node: Node, *, exported: bool = False) -> Iterable[n.Statement]:
    kind = self.kinds[node.children[0].kind_id] if node.children else "var"
    for child in node.named_children:
        if self.kinds[child.kind_id] != "variable_declarator":
            continue
        value = child.child_by_field_id(self.fields.value)
        yield n.Declare(
            child.start_byte,
            child.end_byte,
            kind,
            self.field(child, self.fields.name),
            self.expression(value) if value is not None else None,
            exported,
        )


def _definition(self: Statements, node: Node, *, exported: bool = False) -> Iterable[n.Statement]:
    return (n.Define(node.start_byte, node.end_byte, self.function(node), exported),)


def _class(self: Statements, node: Node, *, exported: bool = False) -> Iterable[n.Statement]:
    return (self.klass(node, exported=exported),)


def _enum(self: Statements, node: Node, *, exported: bool = False) -> Iterable[n.Statement]:
    """An enum, as the object that it is when it runs; members that are only counted are left out."""
    body = node.child_by_field_id(self.fields.body)
    members: list[n.Property] = []
    for child in body.named_children if body is not None else ():
        value = child.child_by_field_id(self.fields.value)
        if self.kinds[child.kind_id] == "enum_assignment" and value is not None:
            key = self.key(child.child_by_field_id(self.fields.name))
            members.append(n.Property(child.start_byte, child.end_byte, key, self.expression(value)))
    start, end = node.start_byte, node.end_byte
    made = n.Object(start, end, tuple(members))
    return (n.Declare(start, end, "const", self.field(node, self.fields.name), made, exported),)


def _recovered(self: Statements, node: Node) -> Iterable[n.Statement]:
    """The statements that the parser could still make out inside of what it could not."""
    for child in node.named_children:
        if child.type.endswith(("_statement", "_declaration")):
            yield from self.statement(child)


def _expression_statement(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    return [n.Do(node.start_byte, node.end_byte, value) for value in values]


def _return(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    return (n.Return(node.start_byte, node.end_byte, values[0] if values else None),)


def _throw(self: Statements, node: Node) -> Iterable[n.Statement]:
    values = self.all_of(node.named_children)
    value = values[0] if values else n.Other(node.start_byte, node.end_byte, "missing")
    return (n.Throw(node.start_byte, node.end_byte, value),)


def _if(self: Statements, node: Node) -> Iterable[n.Statement]:
    alternative = node.child_by_field_id(self.fields.alternative)
    other: tuple[n.Statement, ...] = ()
    if alternative is not None:
        other = tuple(part for child in alternative.named_children for part in self.block(child))
    test = self.field(node, self.fields.condition)
    return (
        n.If(
            node.start_byte,
            node.end_byte,
            test,
            self.block(node.child_by_field_id(self.fields.consequence)),
            other,
        ),
    )


def _for(self: Statements, node: Node) -> Iterable[n.Statement]:
    before = node.child_by_field_id(self.fields.initializer)
    condition = node.child_by_field_id(self.fields.condition)
    step = node.child_by_field_id(self.fields.increment)
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
            self.block(node.child_by_field_id(self.fields.body)),
            self.block(before),
            self.expression(step) if step is not None else None,
        ),
    )


def _for_in(self: Statements, node: Node) -> Iterable[n.Statement]:
    operator = node.child_by_field_id(self.fields.operator)
    return (
        n.Loop(
            node.start_byte,
            node.end_byte,
            self.text(operator) if operator is not None else "of",
            self.field(node, self.fields.left),
            self.field(node, self.fields.right),
            self.block(node.child_by_field_id(self.fields.body)),
            awaits=any(child.type == "await" for child in node.children[:3]),
        ),
    )


def _while(self: Statements, node: Node) -> Iterable[n.Statement]:
    kind = "do" if node.type == "do_statement" else "while"
    head = self.field(node, self.fields.condition)
    body = self.block(node.child_by_field_id(self.fields.body))
    return (n.Loop(node.start_byte, node.end_byte, kind, None, head, body),)


def _try(self: Statements, node: Node) -> Iterable[n.Statement]:
    handler = node.child_by_field_id(self.fields.handler)
    last = node.child_by_field_id(self.fields.finalizer)
    parameter = handler.child_by_field_id(self.fields.parameter) if handler is not None else None
    return (
        n.Try(
            node.start_byte,
            node.end_byte,
            self.block(node.child_by_field_id(self.fields.body)),
            handler is not None,
            self.expression(parameter) if parameter is not None else None,
            self.block(handler.child_by_field_id(self.fields.body)) if handler is not None else (),
            self.block(last.child_by_field_id(self.fields.body)) if last is not None else (),
        ),
    )


def _switch(self: Statements, node: Node) -> Iterable[n.Statement]:
    body = node.child_by_field_id(self.fields.body)
    cases = tuple(
        _case(self, child)
        for child in (body.named_children if body is not None else ())
        if child.type in {"switch_case", "switch_default"}
    )
    return (n.Switch(node.start_byte, node.end_byte, self.field(node, self.fields.value), cases),)


def _case(self: Statements, node: Node) -> n.Case:
    value = node.child_by_field_id(self.fields.value)
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
    return (n.Block(node.start_byte, node.end_byte, self.block(node.child_by_field_id(self.fields.body))),)


def _leave(self: Statements, node: Node) -> Iterable[n.Statement]:
    kind = self.kinds[node.kind_id].removesuffix("_statement")
    return (n.Leave(node.start_byte, node.end_byte, kind),)


def _export(self: Statements, node: Node) -> Iterable[n.Statement]:
    declaration = node.child_by_field_id(self.fields.declaration)
    end = declaration.start_byte if declaration is not None else node.end_byte
    if self.begins_with(node, "default", end):
        return _export_default(self, node, declaration)
    if declaration is not None:
        declare = _DECLARATIONS.get(self.kinds[declaration.kind_id])
        return self.statement(declaration) if declare is None else declare(self, declaration, exported=True)
    return (linking.exported(self, node),)


def _export_default(self: Statements, node: Node, declaration: Node | None) -> Iterable[n.Statement]:
    if declaration is not None and declaration.type in _FUNCTIONS:
        function = self.function(declaration)
        return (n.Define(node.start_byte, node.end_byte, function, exported=True, default=True),)
    value = node.child_by_field_id(self.fields.value) or declaration
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
    return (n.Block(node.start_byte, node.end_byte, self.block(node.child_by_field_id(self.fields.body))),)


_DECLARATIONS: dict[str, Callable[..., Iterable[n.Statement]]] = {
    "lexical_declaration": _declarations,
    "variable_declaration": _declarations,
    **dict.fromkeys(_FUNCTIONS, _definition),
    **dict.fromkeys(_CLASSES, _class),
    "enum_declaration": _enum,
}
_STATEMENTS: dict[str, Callable[[Statements, Node], Iterable[n.Statement]]] = {
    **_DECLARATIONS,
    **dict.fromkeys(_IGNORED, _nothing),
    "ERROR": _recovered,
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
    "import_statement": linking.imported,
    "export_statement": _export,
    "internal_module": _namespace,
    "module": _namespace,
}


@cache
def _statements(language: Grammar) -> Mapping[int, Callable[[Statements, Node], Iterable[n.Statement]]]:
    return language.by_number(_STATEMENTS, _do)
