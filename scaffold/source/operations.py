"""Names, calls and operators to nodes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scaffold.source import nodes as n
from scaffold.source.absent import SKIPPED, missing
from scaffold.source.hanging import OPERATIONS

if TYPE_CHECKING:
    from tree_sitter import Node

    from scaffold.source.lowering import Expressions


def name(lowering: Expressions, node: Node) -> n.Expression:
    """An identifier, `this`, `super`, `import`."""
    start, end = node.start_byte, node.end_byte
    return n.Name(start, end, lowering.text_between(start, end))


def member(lowering: Expressions, node: Node) -> n.Expression:
    """`a.b`, `a?.b`."""
    inner, end = node.child_by_field_id(lowering.fields.object), node.end_byte
    value = lowering.expression(inner) if inner is not None else missing(node)
    name = lowering.member_name(node, inner)
    if lowering.hanging.operations and lowering.hanging.holds(value):
        return lowering.hanging.followed(value, partial(_member_of, end, name))
    return n.Member(node.start_byte, end, value, name)


def _member_of(end: int, name: str, value: n.Expression) -> n.Member:
    return n.Member(value.start, end, value, name)


def subscript(lowering: Expressions, node: Node) -> n.Expression:
    """`a[b]`; `a["b"]` is a member."""
    index = lowering.field(node, lowering.fields.index)
    subject = lowering.field(node, lowering.fields.object)
    if lowering.hanging.operations and lowering.hanging.holds(subject):
        return lowering.hanging.followed(subject, lambda last: _at(last.start, node.end_byte, last, index))
    return _at(node.start_byte, node.end_byte, subject, index)


def _at(start: int, end: int, subject: n.Expression, index: n.Expression) -> n.Expression:
    if isinstance(index, n.String):
        return n.Member(start, end, subject, index.value)
    return n.Subscript(start, end, subject, index)


def call(lowering: Expressions, node: Node) -> n.Expression:
    """`f(x)`, and a tagged template."""
    function = node.child_by_field_id(lowering.fields.function)
    arguments = node.child_by_field_id(lowering.fields.arguments)
    if (
        function is not None
        and lowering.kinds[function.kind_id] == "await_expression"
        and function.named_children
    ):
        # The grammar takes `await f<T>(x)` for `(await f)<T>(x)`.
        inner = function.named_children[-1]
        return n.Await(node.start_byte, node.end_byte, _calling(lowering, node, inner, arguments))
    return _calling(lowering, node, function, arguments)


def _calling(
    lowering: Expressions, node: Node, function: Node | None, arguments: Node | None
) -> n.Expression:
    start, end = (function or node).start_byte, node.end_byte
    kind = lowering.kinds[function.kind_id] if function is not None else ""
    callee = lowering.expression(function) if function is not None else missing(node)
    at = _last_name(function, callee) if function is not None and kind == "member_expression" else start
    if arguments is not None and lowering.kinds[arguments.kind_id] == "template_string":
        return n.Template(start, end, lowering.all_of(arguments.named_children), callee)
    passed = lowering.all_of(arguments.named_children) if arguments is not None else ()
    if kind == "import" and passed and isinstance(passed[0], n.String):
        lowering.dynamic_imports.append((start, passed[0].value))
    if lowering.hanging.operations and lowering.hanging.holds(callee):
        return lowering.hanging.followed(callee, partial(_call_of, end, passed, at))
    return n.Call(start, end, callee, passed, at=at)


def _call_of(end: int, passed: tuple[n.Expression, ...], at: int, callee: n.Expression) -> n.Call:
    return n.Call(callee.start, end, callee, passed, at=at)


def _last_name(function: Node, callee: n.Expression) -> int:
    """Where the name of a method starts."""
    if isinstance(callee, n.Member) and callee.property.isascii():
        return callee.end - len(callee.property)
    return function.children[-1].start_byte


def new(lowering: Expressions, node: Node) -> n.Expression:
    """`new F(x)`."""
    arguments = node.child_by_field_id(lowering.fields.arguments)
    passed = lowering.all_of(arguments.named_children) if arguments is not None else ()
    callee = lowering.field(node, lowering.fields.constructor)
    return n.Call(node.start_byte, node.end_byte, callee, passed, new=True, at=node.start_byte)


def other(lowering: Expressions, node: Node) -> n.Expression:
    """What is none of these, with the expressions inside."""
    return n.Other(node.start_byte, node.end_byte, node.type, lowering.all_of(node.named_children))


def function(lowering: Expressions, node: Node) -> n.Expression:
    """A function of any kind."""
    return lowering.function(node)


def await_(lowering: Expressions, node: Node) -> n.Expression:
    """`await x`."""
    inner = lowering.all_of(node.named_children)
    value = inner[0] if inner else missing(node)
    return n.Await(node.start_byte, node.end_byte, value)


def unary(lowering: Expressions, node: Node) -> n.Expression:
    """`!x`, `typeof x`, `x++`."""
    operator = node.child_by_field_id(lowering.fields.operator)
    text = lowering.text(operator) if operator is not None else ""
    return n.Unary(node.start_byte, node.end_byte, text, lowering.field(node, lowering.fields.argument))


def yield_(lowering: Expressions, node: Node) -> n.Expression:
    """`yield x`."""
    inner = lowering.all_of(node.named_children)
    value = inner[0] if inner else n.Constant(node.start_byte, node.end_byte, "undefined")
    return n.Unary(node.start_byte, node.end_byte, "yield", value)


def binary(lowering: Expressions, node: Node) -> n.Expression:
    """`a + b`, `a && b`, `a === b`."""
    operator = node.child_by_field_id(lowering.fields.operator)
    text = lowering.text(operator) if operator is not None else ","
    left, right = lowering.field(node, lowering.fields.left), lowering.field(node, lowering.fields.right)
    if lowering.hanging.operations and lowering.hanging.holds(left):
        return lowering.hanging.joined(left, text, right)
    return n.Binary(node.start_byte, node.end_byte, text, left, right)


def sequence(lowering: Expressions, node: Node) -> n.Expression:
    """`a, b`."""
    return n.Other(
        node.start_byte, node.end_byte, "sequence_expression", lowering.all_of(node.named_children)
    )


def conditional(lowering: Expressions, node: Node) -> n.Expression:
    """`a ? b : c`."""
    return n.Conditional(
        node.start_byte,
        node.end_byte,
        lowering.field(node, lowering.fields.condition),
        lowering.field(node, lowering.fields.consequence),
        lowering.field(node, lowering.fields.alternative),
    )


def assign(lowering: Expressions, node: Node) -> n.Expression:
    """`a = b`, `a += b`, and the default in a pattern."""
    operator = node.child_by_field_id(lowering.fields.operator)
    text = lowering.text(operator) if operator is not None else "="
    left, right = lowering.field(node, lowering.fields.left), lowering.field(node, lowering.fields.right)
    return n.Assign(node.start_byte, node.end_byte, text, left, right)


def inner(lowering: Expressions, node: Node) -> n.Expression:
    """Parentheses, casts and `!`: what is inside. Of `<T>x` the value is last, of `x as T` it is first."""
    kind = lowering.kinds[node.kind_id]
    values = [child for child in node.named_children if lowering.kinds[child.kind_id] not in SKIPPED]
    if not values:
        return n.Other(node.start_byte, node.end_byte, kind)
    inner = values[-1] if kind == "type_assertion" else values[0]
    value = lowering.expression(inner)
    if kind == "non_null_expression" and lowering.kinds[inner.kind_id] in OPERATIONS:
        lowering.hanging.asserted(inner, value)
    elif kind == "parenthesized_expression":
        lowering.hanging.closed(value)
    return value


def spread(lowering: Expressions, node: Node) -> n.Expression:
    """`...x`."""
    inner = lowering.all_of(node.named_children)
    value = inner[0] if inner else missing(node)
    return n.Spread(node.start_byte, node.end_byte, value)


def klass(lowering: Expressions, node: Node) -> n.Expression:
    """A class as an expression: its members as an object."""
    members = lowering.klass(node).members
    return n.Other(
        node.start_byte, node.end_byte, "class", (n.Object(node.start_byte, node.end_byte, members),)
    )
