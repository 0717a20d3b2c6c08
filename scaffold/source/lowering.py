"""Syntax tree to nodes, expressions first: what runs is kept, types and punctuation are not."""

from __future__ import annotations

from functools import cache, partial
from math import inf
from typing import TYPE_CHECKING

from scaffold.source import jsx
from scaffold.source import nodes as n
from scaffold.source.grammar import grammar
from scaffold.source.hanging import OPERATIONS, Hanging
from scaffold.source.syntax import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from scaffold.source.grammar import Grammar

_CONSTANTS: dict[str, bool | str | None] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": "undefined",
}
_SKIPPED = {
    "comment",
    "type_arguments",
    "type_annotation",
    "type_parameters",
    "type_identifier",
    "predefined_type",
    "ERROR",
    "accessibility_modifier",
    "override_modifier",
    "asserts_annotation",
    "type_predicate_annotation",
    "decorator",
}


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
        return self._expressions[child.kind_id](self, child) if child is not None else _missing(node)

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
            value: n.Expression = _missing(node)
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


def _missing(node: Node) -> n.Other:
    """What stands for a part that only code that does not parse can lack."""
    return n.Other(node.start_byte, node.end_byte, "missing")


def _name(self: Expressions, node: Node) -> n.Expression:
    start, end = node.start_byte, node.end_byte
    return n.Name(start, end, self.text_between(start, end))


def _member(self: Expressions, node: Node) -> n.Expression:
    inner, end = node.child_by_field_id(self.fields.object), node.end_byte
    value = self.expression(inner) if inner is not None else _missing(node)
    name = self.member_name(node, inner)
    if self.hanging.operations and self.hanging.holds(value):
        return self.hanging.followed(value, partial(_member_of, end, name))
    return n.Member(node.start_byte, end, value, name)


def _member_of(end: int, name: str, value: n.Expression) -> n.Member:
    return n.Member(value.start, end, value, name)


def _subscript(self: Expressions, node: Node) -> n.Expression:
    index = self.field(node, self.fields.index)
    subject = self.field(node, self.fields.object)
    if self.hanging.operations and self.hanging.holds(subject):
        return self.hanging.followed(subject, lambda last: _at(last.start, node.end_byte, last, index))
    return _at(node.start_byte, node.end_byte, subject, index)


def _at(start: int, end: int, subject: n.Expression, index: n.Expression) -> n.Expression:
    if isinstance(index, n.String):
        return n.Member(start, end, subject, index.value)
    return n.Subscript(start, end, subject, index)


def _call(self: Expressions, node: Node) -> n.Expression:
    function = node.child_by_field_id(self.fields.function)
    arguments = node.child_by_field_id(self.fields.arguments)
    if (
        function is not None
        and self.kinds[function.kind_id] == "await_expression"
        and function.named_children
    ):
        # The grammar takes `await f<T>(x)` for `(await f)<T>(x)`.
        inner = function.named_children[-1]
        return n.Await(node.start_byte, node.end_byte, _calling(self, node, inner, arguments))
    return _calling(self, node, function, arguments)


def _calling(self: Expressions, node: Node, function: Node | None, arguments: Node | None) -> n.Expression:
    start, end = (function or node).start_byte, node.end_byte
    kind = self.kinds[function.kind_id] if function is not None else ""
    callee = self.expression(function) if function is not None else _missing(node)
    at = _last_name(function, callee) if function is not None and kind == "member_expression" else start
    if arguments is not None and self.kinds[arguments.kind_id] == "template_string":
        return n.Template(start, end, self.all_of(arguments.named_children), callee)
    passed = self.all_of(arguments.named_children) if arguments is not None else ()
    if kind == "import" and passed and isinstance(passed[0], n.String):
        self.dynamic_imports.append((start, passed[0].value))
    if self.hanging.operations and self.hanging.holds(callee):
        return self.hanging.followed(callee, partial(_call_of, end, passed, at))
    return n.Call(start, end, callee, passed, at=at)


def _call_of(end: int, passed: tuple[n.Expression, ...], at: int, callee: n.Expression) -> n.Call:
    return n.Call(callee.start, end, callee, passed, at=at)


def _last_name(function: Node, callee: n.Expression) -> int:
    """Where the name of a method starts."""
    if isinstance(callee, n.Member) and callee.property.isascii():
        return callee.end - len(callee.property)
    return function.children[-1].start_byte


def _new(self: Expressions, node: Node) -> n.Expression:
    arguments = node.child_by_field_id(self.fields.arguments)
    passed = self.all_of(arguments.named_children) if arguments is not None else ()
    callee = self.field(node, self.fields.constructor)
    return n.Call(node.start_byte, node.end_byte, callee, passed, new=True, at=node.start_byte)


def _string(self: Expressions, node: Node) -> n.Expression:
    start, end = node.start_byte, node.end_byte
    text = self.text_between(start + 1, end - 1)
    return n.String(start, end, unescape(text) if "\\" in text else text)


def _template(self: Expressions, node: Node) -> n.Expression:
    children = [(child, self.kinds[child.kind_id]) for child in node.named_children]
    if all(kind != "template_substitution" for _, kind in children):
        return _string(self, node)
    parts: list[n.Expression] = []
    for child, kind in children:
        if kind == "template_substitution":
            parts.extend(self.all_of(child.named_children))
        elif kind == "string_fragment":
            parts.append(n.String(child.start_byte, child.end_byte, self.text(child)))
    return n.Template(node.start_byte, node.end_byte, tuple(parts))


def _number(self: Expressions, node: Node) -> n.Expression:
    text = self.text(node).replace("_", "")
    if text.endswith("n"):
        return n.Number(node.start_byte, node.end_byte, _bigint(text[:-1]))
    try:
        value = float(int(text, 0)) if text[:2].lower() in {"0x", "0o", "0b"} else float(text)
    except (ValueError, OverflowError):
        value = 0.0
    return n.Number(node.start_byte, node.end_byte, value)


def _bigint(text: str) -> float:
    """As many as 64 bits are kept as they are; Convex has no larger ones."""
    try:
        value = int(text, 0)
    except ValueError:  # Python reads no more than some thousands of digits
        return inf
    return value if value < 1 << 64 else _rounded(value)


def _rounded(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf


def _constant(self: Expressions, node: Node) -> n.Expression:
    return n.Constant(node.start_byte, node.end_byte, _CONSTANTS[self.kinds[node.kind_id]])


def _other(self: Expressions, node: Node) -> n.Expression:
    return n.Other(node.start_byte, node.end_byte, node.type, self.all_of(node.named_children))


def _object(self: Expressions, node: Node) -> n.Expression:
    return n.Object(node.start_byte, node.end_byte, self.properties(node.named_children))


def _array(self: Expressions, node: Node) -> n.Expression:
    return n.Array(node.start_byte, node.end_byte, self.all_of(node.named_children))


def _function(self: Expressions, node: Node) -> n.Expression:
    return self.function(node)


def _await(self: Expressions, node: Node) -> n.Expression:
    inner = self.all_of(node.named_children)
    value = inner[0] if inner else _missing(node)
    return n.Await(node.start_byte, node.end_byte, value)


def _unary(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_id(self.fields.operator)
    text = self.text(operator) if operator is not None else ""
    return n.Unary(node.start_byte, node.end_byte, text, self.field(node, self.fields.argument))


def _yield(self: Expressions, node: Node) -> n.Expression:
    inner = self.all_of(node.named_children)
    value = inner[0] if inner else n.Constant(node.start_byte, node.end_byte, "undefined")
    return n.Unary(node.start_byte, node.end_byte, "yield", value)


def _binary(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_id(self.fields.operator)
    text = self.text(operator) if operator is not None else ","
    left, right = self.field(node, self.fields.left), self.field(node, self.fields.right)
    if self.hanging.operations and self.hanging.holds(left):
        return self.hanging.joined(left, text, right)
    return n.Binary(node.start_byte, node.end_byte, text, left, right)


def _sequence(self: Expressions, node: Node) -> n.Expression:
    return n.Other(node.start_byte, node.end_byte, "sequence_expression", self.all_of(node.named_children))


def _conditional(self: Expressions, node: Node) -> n.Expression:
    return n.Conditional(
        node.start_byte,
        node.end_byte,
        self.field(node, self.fields.condition),
        self.field(node, self.fields.consequence),
        self.field(node, self.fields.alternative),
    )


def _assign(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_id(self.fields.operator)
    text = self.text(operator) if operator is not None else "="
    left, right = self.field(node, self.fields.left), self.field(node, self.fields.right)
    return n.Assign(node.start_byte, node.end_byte, text, left, right)


def _inner(self: Expressions, node: Node) -> n.Expression:
    """Parentheses, casts and `!`: what is inside. Of `<T>x` the value is last, of `x as T` it is first."""
    kind = self.kinds[node.kind_id]
    values = [child for child in node.named_children if self.kinds[child.kind_id] not in _SKIPPED]
    if not values:
        return n.Other(node.start_byte, node.end_byte, kind)
    inner = values[-1] if kind == "type_assertion" else values[0]
    value = self.expression(inner)
    if kind == "non_null_expression" and self.kinds[inner.kind_id] in OPERATIONS:
        self.hanging.asserted(inner, value)
    elif kind == "parenthesized_expression":
        self.hanging.closed(value)
    return value


def _spread(self: Expressions, node: Node) -> n.Expression:
    inner = self.all_of(node.named_children)
    value = inner[0] if inner else _missing(node)
    return n.Spread(node.start_byte, node.end_byte, value)


def _class(self: Expressions, node: Node) -> n.Expression:
    members = self.klass(node).members
    return n.Other(
        node.start_byte, node.end_byte, "class", (n.Object(node.start_byte, node.end_byte, members),)
    )


def _pair(self: Expressions, node: Node) -> n.Property:
    name = self.key(node.child_by_field_id(self.fields.key))
    value = self.field(node, self.fields.value)
    kind = "property" if name is not None else "computed"
    return n.Property(node.start_byte, node.end_byte, name, value, kind)


def _shorthand(self: Expressions, node: Node) -> n.Property:
    start, end = node.start_byte, node.end_byte
    text = self.text_between(start, end)
    return n.Property(start, end, text, n.Name(start, end, text), "shorthand")


def _shorthand_with_default(self: Expressions, node: Node) -> n.Property:
    start, end = node.start_byte, node.end_byte
    left = node.child_by_field_id(self.fields.left)
    name = self.text(left) if left is not None else ""
    value = n.Assign(start, end, "=", n.Name(start, end, name), self.field(node, self.fields.right))
    return n.Property(start, end, name, value, "shorthand")


def _method(self: Expressions, node: Node) -> n.Property:
    name = self.key(node.child_by_field_id(self.fields.name))
    return n.Property(node.start_byte, node.end_byte, name, self.function(node, name or ""), "method")


def _field_definition(self: Expressions, node: Node) -> n.Property | None:
    value = node.child_by_field_id(self.fields.value)
    if value is None:
        return None
    name = self.key(node.child_by_field_id(self.fields.name))
    return n.Property(node.start_byte, node.end_byte, name, self.expression(value))


def _spread_properties(self: Expressions, node: Node) -> n.Property | None:
    inner = self.all_of(node.named_children)
    return n.Property(node.start_byte, node.end_byte, None, inner[0], "spread") if inner else None


_EXPRESSIONS: dict[str, Callable[[Expressions, Node], n.Expression]] = {
    "identifier": _name,
    "this": _name,
    "super": _name,
    "import": _name,
    "shorthand_property_identifier": _name,
    "property_identifier": _name,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "string": _string,
    "template_string": _template,
    "number": _number,
    "true": _constant,
    "false": _constant,
    "null": _constant,
    "undefined": _constant,
    "object": _object,
    "object_pattern": _object,
    "array": _array,
    "array_pattern": _array,
    "arrow_function": _function,
    "function_expression": _function,
    "generator_function": _function,
    "await_expression": _await,
    "unary_expression": _unary,
    "update_expression": _unary,
    "yield_expression": _yield,
    "binary_expression": _binary,
    "sequence_expression": _sequence,
    "ternary_expression": _conditional,
    "assignment_expression": _assign,
    "augmented_assignment_expression": _assign,
    "assignment_pattern": _assign,
    "parenthesized_expression": _inner,
    "as_expression": _inner,
    "satisfies_expression": _inner,
    "non_null_expression": _inner,
    "type_assertion": _inner,
    "instantiation_expression": _inner,
    "spread_element": _spread,
    "rest_pattern": _spread,
    "class": _class,
    "jsx_element": jsx.element,
    "jsx_self_closing_element": jsx.element,
    "jsx_fragment": jsx.element,
    "jsx_expression": jsx.expression,
}

_PROPERTIES: dict[str, Callable[[Expressions, Node], n.Property | None]] = {
    "pair": _pair,
    "pair_pattern": _pair,
    "shorthand_property_identifier": _shorthand,
    "shorthand_property_identifier_pattern": _shorthand,
    "object_assignment_pattern": _shorthand_with_default,
    "method_definition": _method,
    "public_field_definition": _field_definition,
    "spread_element": _spread_properties,
    "rest_pattern": _spread_properties,
}


@cache
def _expressions(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Expression]]:
    """What makes an expression of a node, by kind."""
    return language.by_number(_EXPRESSIONS, _other)


@cache
def _listed(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Expression] | None]:
    """The same for one of several nodes, some of which are no expressions."""
    return language.by_number(_EXPRESSIONS | dict.fromkeys(_SKIPPED), _other)


@cache
def _properties(language: Grammar) -> Mapping[int, Callable[[Expressions, Node], n.Property | None] | None]:
    return language.by_number(_PROPERTIES, None)
