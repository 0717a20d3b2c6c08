"""What the grammar hangs too high: `!a!.b` as if it were `(!a)!.b`, `a && b!.c === d` as `(a && b!.c) === d`.

Of tree-sitter's grammar for TypeScript, `!` behind an expression binds less than operators before it do. What
follows the `!` is hung here where it belongs: on the last operand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

OPERATIONS = {"binary_expression", "unary_expression"}
_BINDING = {
    operator: strength
    for strength, operators in enumerate(
        (
            ("??", "||"),
            ("&&",),
            ("|",),
            ("^",),
            ("&",),
            ("==", "!=", "===", "!=="),
            ("<", ">", "<=", ">=", "in", "instanceof"),
            ("<<", ">>", ">>>"),
            ("+", "-"),
            ("*", "/", "%"),
            ("**",),
        )
    )
    for operator in operators
}


class Hanging:
    """The operations of one file that a `!` was taken to be about, and the last operand of each."""

    def __init__(self) -> None:
        self.operations: dict[int, tuple[n.Expression, n.Expression]] = {}  # by the identity of the operation

    def asserted(self, node: Node, value: n.Expression) -> None:
        """Note an operation with a `!` behind it."""
        start = _last_operand(node).start_byte
        operand = value
        while operand.start < start and isinstance(operand, n.Binary | n.Unary):
            operand = operand.right if isinstance(operand, n.Binary) else operand.value
        self.operations[id(value)] = value, operand

    def closed(self, value: n.Expression) -> None:
        """Note that an operation stands in parentheses: what follows is about all of it."""
        self.operations.pop(id(value), None)

    def holds(self, value: n.Expression) -> bool:
        """Whether what follows an expression is about a part of it."""
        return id(value) in self.operations

    def followed(self, value: n.Expression, follow: Callable[[n.Expression], n.Expression]) -> n.Expression:
        """The operation, its last operand followed by something."""
        _, operand = self.operations[id(value)]
        followed = follow(operand)
        whole = _with_last(value, operand, followed)
        self.operations[id(whole)] = whole, followed
        return whole

    def joined(self, left: n.Expression, operator: str, right: n.Expression) -> n.Expression:
        """An operation on the left of an operator, which may bind its last operand first."""
        return _joined(left, self.operations[id(left)][1], operator, right)


def _last_operand(node: Node) -> Node:
    while node.type in OPERATIONS:
        child = node.child_by_field_name("right" if node.type == "binary_expression" else "argument")
        if child is None:
            break
        node = child
    return node


def _with_last(value: n.Expression, operand: n.Expression, new: n.Expression) -> n.Expression:
    if isinstance(value, n.Binary) and value is not operand:
        right = _with_last(value.right, operand, new)
        return n.Binary(value.start, right.end, value.operator, value.left, right)
    if isinstance(value, n.Unary) and value is not operand:
        inner = _with_last(value.value, operand, new)
        return n.Unary(value.start, inner.end, value.operator, inner)
    return new


def _joined(left: n.Expression, operand: n.Expression, operator: str, right: n.Expression) -> n.Expression:
    weaker = (
        isinstance(left, n.Binary)
        and left is not operand
        and _BINDING.get(left.operator, 0) < _BINDING.get(operator, 0)
    )
    if isinstance(left, n.Binary) and weaker:
        inner = _joined(left.right, operand, operator, right)
        return n.Binary(left.start, inner.end, left.operator, left.left, inner)
    return n.Binary(left.start, right.end, operator, left, right)
