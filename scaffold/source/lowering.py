"""Syntax tree to nodes, expressions first: what runs is kept, types and punctuation are not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scaffold.source import jsx, literals, operations
from scaffold.source import nodes as n
from scaffold.source.absent import SKIPPED, missing
from scaffold.source.grammar import grammar
from scaffold.source.hanging import Hanging
from scaffold.source.syntax import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from scaffold.source.grammar import Grammar


class Expressions:
    """Lowers the expressions of one file; `Statements` adds the rest."""

    def __init__(self, source: bytes, *, jsx: bool = False) -> None:
        self.grammar = grammar(jsx=jsx)
        self.fields = self.grammar.fields
        self.kinds = self.grammar.kinds
        self.dynamic_imports: list[tuple[int, str]] = []
        self.hanging = Hanging()
        self._bytes = source.decode("latin-1")  # a character for each byte
        self._expressions = _expressions(self.grammar)
        self._listed = _listed(self.grammar)
        self._properties = _properties(self.grammar)

    # --- entry -------------------------------------------------------------------------------------------

    def expression(self, node: Node) -> n.Expression:
        """The expression that a syntax node is."""
        return self._expressions[node.kind_id](self, node)

    def function(self, node: Node, name: str = "") -> n.Function:
        """A function of any kind, a method too."""
        fields = self.fields
        start = node.start_byte
        named = node.child_by_field_id(fields.name) if not name else None
        listed = node.child_by_field_id(fields.parameters)
        single = node.child_by_field_id(fields.parameter) if listed is None else None
        if listed is not None:
            parameters = self._parameters(listed)
        elif single is not None:
            parameters = (n.Parameter(single.start_byte, single.end_byte, self.expression(single)),)
        else:
            parameters = ()
        return n.Function(
            start,
            node.end_byte,
            name or (self.text(named) if named is not None else ""),
            parameters,
            self._body(node.child_by_field_id(fields.body)),
            self.begins_with(node, "async", (listed or single or node).start_byte),
            self.kinds[node.kind_id] == "arrow_function",
        )

    def begins_with(self, node: Node, word: str, end: int) -> bool:
        """Whether a keyword is among the first parts of a node, which lie before `end`."""
        return self._bytes.find(word, node.start_byte, end) >= 0 and any(
            self.kinds[child.kind_id] == word for child in node.children[:4]
        )

    def block(self, node: Node | None) -> tuple[n.Statement, ...]:  # pragma: no cover - an interface
        """The statements of a block, or of a lone statement."""
        raise NotImplementedError

    def klass(self, node: Node, *, exported: bool = False) -> n.Class:  # pragma: no cover - an interface
        """A class, declared or as an expression."""
        raise NotImplementedError

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.text_between(node.start_byte, node.end_byte)

    def text_between(self, start: int, end: int) -> str:
        """The source text of a stretch of bytes."""
        text = self._bytes[start:end]
        return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")

    def member_name(self, node: Node, inner: Node | None) -> str:
        """The name behind the last point of `inner.name`."""
        if inner is not None:
            rest = self._bytes[inner.end_byte : node.end_byte].lstrip("?. \n")
            if rest.isidentifier() and rest.isascii():  # the parser need not be asked
                return rest
        member = node.child_by_field_id(self.fields.property)
        return self.text(member) if member is not None else ""

    # --- parts -------------------------------------------------------------------------------------------

    def all_of(self, children: Iterable[Node]) -> tuple[n.Expression, ...]:
        """The expressions among some nodes; comments, types and the like are left out."""
        found: list[n.Expression] = []
        handlers = self._listed
        for child in children:
            handler = handlers[child.kind_id]
            if handler is not None:
                found.append(handler(self, child))
        return tuple(found)

    def properties(self, children: Iterable[Node]) -> tuple[n.Property, ...]:
        """The properties among some nodes."""
        found: list[n.Property] = []
        handlers = self._properties
        for child in children:
            handler = handlers[child.kind_id]
            made = handler(self, child) if handler is not None else None
            if made is not None:
                found.append(made)
        return tuple(found)

    def field(self, node: Node, field: int) -> n.Expression:
        """The expression in a field of a node."""
        child = node.child_by_field_id(field)
        return self._expressions[child.kind_id](self, child) if child is not None else missing(node)

    def _body(self, body: Node | None) -> tuple[n.Statement, ...]:
        if body is None:
            return ()
        if self.kinds[body.kind_id] == "statement_block":
            return self.block(body)
        return (n.Return(body.start_byte, body.end_byte, self.expression(body), implicit=True),)

    def _parameters(self, node: Node) -> tuple[n.Parameter, ...]:
        return tuple(
            self._parameter(child)
            for child in node.named_children
            if self.kinds[child.kind_id] in {"required_parameter", "optional_parameter"}
        )

    def _parameter(self, node: Node) -> n.Parameter:
        pattern = node.child_by_field_id(self.fields.pattern)
        annotation = node.child_by_field_id(self.fields.type)
        default = node.child_by_field_id(self.fields.value)
        rest = pattern is not None and self.kinds[pattern.kind_id] == "rest_pattern"
        if pattern is None:
            value: n.Expression = missing(node)
        elif rest:
            value = self.expression(pattern.named_children[0])
        else:
            value = self.expression(pattern)
        if default is not None:
            value = n.Assign(node.start_byte, node.end_byte, "=", value, self.expression(default))
        kind = self.text(annotation).lstrip(": \t\n") if annotation is not None else ""
        return n.Parameter(node.start_byte, node.end_byte, value, kind, rest)

    def key(self, node: Node | None) -> str | None:
        """The name of a property; None if it is computed."""
        kind = self.kinds[node.kind_id] if node is not None else "computed_property_name"
        if node is None or kind == "computed_property_name":
            return None
        text = self.text(node)
        return unescape(text[1:-1]) if kind == "string" else text


_EXPRESSIONS: dict[str, Callable[[Expressions, Node], n.Expression]] = {
    "identifier": operations.name,
    "this": operations.name,
    "super": operations.name,
    "import": operations.name,
    "shorthand_property_identifier": operations.name,
    "property_identifier": operations.name,
    "member_expression": operations.member,
    "subscript_expression": operations.subscript,
    "call_expression": operations.call,
    "new_expression": operations.new,
    "string": literals.string,
    "template_string": literals.template,
    "number": literals.number,
    "true": literals.constant,
    "false": literals.constant,
    "null": literals.constant,
    "undefined": literals.constant,
    "object": literals.object_,
    "object_pattern": literals.object_,
    "array": literals.array,
    "array_pattern": literals.array,
    "arrow_function": operations.function,
    "function_expression": operations.function,
    "generator_function": operations.function,
    "await_expression": operations.await_,
    "unary_expression": operations.unary,
    "update_expression": operations.unary,
    "yield_expression": operations.yield_,
    "binary_expression": operations.binary,
    "sequence_expression": operations.sequence,
    "ternary_expression": operations.conditional,
    "assignment_expression": operations.assign,
    "augmented_assignment_expression": operations.assign,
    "assignment_pattern": operations.assign,
    "parenthesized_expression": operations.inner,
    "as_expression": operations.inner,
    "satisfies_expression": operations.inner,
    "non_null_expression": operations.inner,
    "type_assertion": operations.inner,
    "instantiation_expression": operations.inner,
    "spread_element": operations.spread,
    "rest_pattern": operations.spread,
    "class": operations.klass,
    "jsx_element": jsx.element,
    "jsx_self_closing_element": jsx.element,
    "jsx_fragment": jsx.element,
    "jsx_expression": jsx.expression,
}

_PROPERTIES: dict[str, Callable[[Expressions, Node], n.Property | None]] = {
    "pair": literals.pair,
    "pair_pattern": literals.pair,
    "shorthand_property_identifier": literals.shorthand,
    "shorthand_property_identifier_pattern": literals.shorthand,
    "object_assignment_pattern": literals.shorthand_with_default,
    "method_definition": literals.method,
    "public_field_definition": literals.field_definition,
    "spread_element": literals.spread_properties,
    "rest_pattern": literals.spread_properties,
}


@cache
def _expressions(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Expression]]:
    """What makes an expression of a node, by kind."""
    return language.by_number(_EXPRESSIONS, operations.other)


@cache
def _listed(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Expression] | None]:
    """The same for one of several nodes, some of which are no expressions."""
    return language.by_number(_EXPRESSIONS | dict.fromkeys(SKIPPED), operations.other)


@cache
def _properties(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Property | None] | None]:
    return language.by_number(_PROPERTIES, None)
