"""Syntax tree to nodes, expressions first: what runs is kept, types and punctuation are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import jsx
from scaffold.source import nodes as n
from scaffold.source.hanging import OPERATIONS, Hanging
from scaffold.source.syntax import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

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

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.dynamic_imports: list[tuple[int, str]] = []
        self.hanging = Hanging()

    # --- entry -------------------------------------------------------------------------------------------

    def expression(self, node: Node) -> n.Expression:
        """The expression that a syntax node is."""
        return _EXPRESSIONS.get(node.type, _other)(self, node)

    def function(self, node: Node, name: str = "") -> n.Function:
        """A function of any kind, a method too."""
        body = node.child_by_field_name("body")
        named = node.child_by_field_name("name")
        single = node.child_by_field_name("parameter")
        if single is not None:
            parameters: tuple[n.Parameter, ...] = (
                n.Parameter(single.start_byte, single.end_byte, self.expression(single)),
            )
        else:
            listed = node.child_by_field_name("parameters")
            parameters = self._parameters(listed) if listed is not None else ()
        return n.Function(
            node.start_byte,
            node.end_byte,
            name or (self.text(named) if named is not None else ""),
            parameters,
            self._body(body),
            any(child.type == "async" for child in node.children[:4]),
            node.type == "arrow_function",
        )

    def block(self, node: Node | None) -> tuple[n.Statement, ...]:  # pragma: no cover - an interface
        """The statements of a block, or of a lone statement."""
        raise NotImplementedError

    def klass(self, node: Node, *, exported: bool = False) -> n.Class:  # pragma: no cover - an interface
        """A class, declared or as an expression."""
        raise NotImplementedError

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    # --- parts -------------------------------------------------------------------------------------------

    def all_of(self, children: Iterable[Node]) -> tuple[n.Expression, ...]:
        """The expressions among some nodes; comments, types and the like are left out."""
        found: list[n.Expression] = []
        for child in children:
            kind = child.type
            handler = _EXPRESSIONS.get(kind)
            if handler is not None:
                found.append(handler(self, child))
            elif kind not in _SKIPPED:
                found.append(self.expression(child))
        return tuple(found)

    def _field(self, node: Node, name: str) -> n.Expression:
        child = node.child_by_field_name(name)
        if child is None:
            return _missing(node)
        return self.expression(child)

    def _body(self, body: Node | None) -> tuple[n.Statement, ...]:
        if body is None:
            return ()
        if body.type == "statement_block":
            return self.block(body)
        return (n.Return(body.start_byte, body.end_byte, self.expression(body), implicit=True),)

    def _parameters(self, node: Node) -> tuple[n.Parameter, ...]:
        return tuple(
            self._parameter(child)
            for child in node.named_children
            if child.type in {"required_parameter", "optional_parameter"}
        )

    def _parameter(self, node: Node) -> n.Parameter:
        pattern = node.child_by_field_name("pattern")
        annotation = node.child_by_field_name("type")
        default = node.child_by_field_name("value")
        rest = pattern is not None and pattern.type == "rest_pattern"
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
        if node is None or node.type == "computed_property_name":
            return None
        text = self.text(node)
        return unescape(text[1:-1]) if node.type == "string" else text

    def _property(self, node: Node) -> n.Property | None:
        start, end = node.start_byte, node.end_byte
        match node.type:
            case "pair" | "pair_pattern":
                key, part = _ends(node, "key", "value")
                name = self.key(key)
                value = self.expression(part) if part is not None else _missing(node)
                return n.Property(start, end, name, value, "property" if name is not None else "computed")
            case "shorthand_property_identifier" | "shorthand_property_identifier_pattern":
                text = self.text(node)
                return n.Property(start, end, text, n.Name(start, end, text), "shorthand")
            case "method_definition":
                name = self.key(node.child_by_field_name("name"))
                return n.Property(start, end, name, self.function(node, name or ""), "method")
            case "spread_element" | "rest_pattern":
                inner = self.all_of(node.named_children)
                return n.Property(start, end, None, inner[0], "spread") if inner else None
            case "object_assignment_pattern":
                left = node.child_by_field_name("left")
                name = self.text(left) if left is not None else ""
                target = n.Name(start, end, name)
                value = n.Assign(start, end, "=", target, self._field(node, "right"))
                return n.Property(start, end, name, value, "shorthand")
        return None


def _ends(node: Node, first: str, last: str) -> tuple[Node | None, Node | None]:
    """The two fields of a node; where nothing else stands in it, they are its two named children."""
    named = node.named_children
    if len(named) == 2:  # noqa: PLR2004 - the two
        return named[0], named[1]
    return node.child_by_field_name(first), node.child_by_field_name(last)


def _missing(node: Node) -> n.Other:
    """What stands for a part that only code that does not parse can lack."""
    return n.Other(node.start_byte, node.end_byte, "missing")


def _name(self: Expressions, node: Node) -> n.Expression:
    start, end = node.start_byte, node.end_byte
    return n.Name(start, end, self._source[start:end].decode("utf-8", "replace"))


def _member(self: Expressions, node: Node) -> n.Expression:
    inner, member = _ends(node, "object", "property")
    name = self.text(member) if member is not None else ""
    value = self.expression(inner) if inner is not None else _missing(node)
    if self.hanging.holds(value):
        return self.hanging.followed(value, lambda last: n.Member(last.start, node.end_byte, last, name))
    return n.Member(node.start_byte, node.end_byte, value, name)


def _subscript(self: Expressions, node: Node) -> n.Expression:
    index = self._field(node, "index")
    subject = self._field(node, "object")
    if self.hanging.holds(subject):
        return self.hanging.followed(subject, lambda last: _at(last.start, node.end_byte, last, index))
    return _at(node.start_byte, node.end_byte, subject, index)


def _at(start: int, end: int, subject: n.Expression, index: n.Expression) -> n.Expression:
    if isinstance(index, n.String):
        return n.Member(start, end, subject, index.value)
    return n.Subscript(start, end, subject, index)


def _call(self: Expressions, node: Node) -> n.Expression:
    function, arguments = _ends(node, "function", "arguments")
    if function is not None and function.type == "await_expression" and function.named_children:
        # The grammar takes `await f<T>(x)` for `(await f)<T>(x)`.
        inner = function.named_children[-1]
        return n.Await(node.start_byte, node.end_byte, _calling(self, node, inner, arguments))
    return _calling(self, node, function, arguments)


def _calling(self: Expressions, node: Node, function: Node | None, arguments: Node | None) -> n.Expression:
    start = function.start_byte if function is not None else node.start_byte
    callee = self.expression(function) if function is not None else _missing(node)
    at = _last_name(function) if function is not None else node.start_byte
    if arguments is not None and arguments.type == "template_string":
        return n.Template(start, node.end_byte, self.all_of(arguments.named_children), callee)
    passed = self.all_of(arguments.named_children) if arguments is not None else ()
    if function is not None and function.type == "import" and passed and isinstance(passed[0], n.String):
        self.dynamic_imports.append((start, passed[0].value))
    if self.hanging.holds(callee):
        end = node.end_byte
        return self.hanging.followed(callee, lambda last: n.Call(last.start, end, last, passed, at=at))
    return n.Call(start, node.end_byte, callee, passed, at=at)


def _new(self: Expressions, node: Node) -> n.Expression:
    arguments = node.child_by_field_name("arguments")
    passed = self.all_of(arguments.named_children) if arguments is not None else ()
    callee = self._field(node, "constructor")
    return n.Call(node.start_byte, node.end_byte, callee, passed, new=True, at=node.start_byte)


def _last_name(function: Node) -> int:
    if function.type == "member_expression":
        return function.children[-1].start_byte
    return function.start_byte


def _string(self: Expressions, node: Node) -> n.Expression:
    start, end = node.start_byte, node.end_byte
    text = self._source[start + 1 : end - 1].decode("utf-8", "replace")
    return n.String(start, end, unescape(text) if "\\" in text else text)


def _template(self: Expressions, node: Node) -> n.Expression:
    if all(child.type != "template_substitution" for child in node.named_children):
        return _string(self, node)
    parts: list[n.Expression] = []
    for child in node.named_children:
        if child.type == "template_substitution":
            parts.extend(self.all_of(child.named_children))
        elif child.type == "string_fragment":
            parts.append(n.String(child.start_byte, child.end_byte, self.text(child)))
    return n.Template(node.start_byte, node.end_byte, tuple(parts))


def _number(self: Expressions, node: Node) -> n.Expression:
    text = self.text(node).replace("_", "").rstrip("n")
    try:
        value = float(int(text, 0)) if text[:2].lower() in {"0x", "0o", "0b"} else float(text)
    except (ValueError, OverflowError):
        value = 0.0
    return n.Number(node.start_byte, node.end_byte, value)


def _constant(self: Expressions, node: Node) -> n.Expression:  # noqa: ARG001 - one signature for all
    return n.Constant(node.start_byte, node.end_byte, _CONSTANTS[node.type])


def _other(self: Expressions, node: Node) -> n.Expression:
    return n.Other(node.start_byte, node.end_byte, node.type, self.all_of(node.named_children))


def _object(self: Expressions, node: Node) -> n.Expression:
    parts = tuple(part for child in node.named_children if (part := self._property(child)) is not None)
    return n.Object(node.start_byte, node.end_byte, parts)


def _array(self: Expressions, node: Node) -> n.Expression:
    return n.Array(node.start_byte, node.end_byte, self.all_of(node.named_children))


def _function(self: Expressions, node: Node) -> n.Expression:
    return self.function(node)


def _await(self: Expressions, node: Node) -> n.Expression:
    inner = self.all_of(node.named_children)
    value = inner[0] if inner else _missing(node)
    return n.Await(node.start_byte, node.end_byte, value)


def _unary(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_name("operator")
    text = self.text(operator) if operator is not None else ""
    return n.Unary(node.start_byte, node.end_byte, text, self._field(node, "argument"))


def _yield(self: Expressions, node: Node) -> n.Expression:
    inner = self.all_of(node.named_children)
    value = inner[0] if inner else n.Constant(node.start_byte, node.end_byte, "undefined")
    return n.Unary(node.start_byte, node.end_byte, "yield", value)


def _binary(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_name("operator")
    text = self.text(operator) if operator is not None else ","
    left, right = self._field(node, "left"), self._field(node, "right")
    if self.hanging.holds(left):
        return self.hanging.joined(left, text, right)
    return n.Binary(node.start_byte, node.end_byte, text, left, right)


def _sequence(self: Expressions, node: Node) -> n.Expression:
    return n.Other(node.start_byte, node.end_byte, "sequence_expression", self.all_of(node.named_children))


def _conditional(self: Expressions, node: Node) -> n.Expression:
    return n.Conditional(
        node.start_byte,
        node.end_byte,
        self._field(node, "condition"),
        self._field(node, "consequence"),
        self._field(node, "alternative"),
    )


def _assign(self: Expressions, node: Node) -> n.Expression:
    operator = node.child_by_field_name("operator")
    text = self.text(operator) if operator is not None else "="
    return n.Assign(
        node.start_byte, node.end_byte, text, self._field(node, "left"), self._field(node, "right")
    )


def _inner(self: Expressions, node: Node) -> n.Expression:
    """Parentheses, casts and `!`: what is inside. Of `<T>x` the value is last, of `x as T` it is first."""
    values = [child for child in node.named_children if child.type not in _SKIPPED]
    if not values:
        return n.Other(node.start_byte, node.end_byte, node.type)
    inner = values[-1] if node.type == "type_assertion" else values[0]
    value = self.expression(inner)
    if node.type == "non_null_expression" and inner.type in OPERATIONS:
        self.hanging.asserted(inner, value)
    elif node.type == "parenthesized_expression":
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
