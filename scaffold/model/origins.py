"""What expressions are made of: arguments, results of steps, literals, globals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import External, HelperCall, OtherCall, Step
from scaffold.model.values import Computed, Context, Mixed, Result, Unknown, Value
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from scaffold.model.body import Body

DEPTH = 60  # expressions in expressions that are followed
_OPEN = (Mixed, Computed, Unknown)  # what has to be looked into for its origins
_LITERALS = (n.String, n.Number, n.Constant)


def origins_of(body: Body, node: n.Expression) -> tuple[Value, ...]:
    """What an expression is made of, each once, as `Body.origins` says."""
    origins = _Origins(body)
    origins.collect(node, 0)
    return tuple(origins.found)


class _Origins:
    """Collects what one expression is made of; what was gone through once is left alone."""

    def __init__(self, body: Body) -> None:
        self.found: dict[Value, None] = {}
        self._body = body
        self._seen: set[tuple[int, int]] = set()

    def collect(self, node: n.Node, depth: int) -> None:
        """Go through an expression or a part of one."""
        if isinstance(node, n.Property):  # `{ name }` stands where its value does
            node = node.value
        key = (node.start, node.end)
        if key in self._seen or depth > DEPTH:
            return
        self._seen.add(key)
        if isinstance(node, n.Name):
            self._name(node, depth)
        elif isinstance(node, n.Member):
            self._member(node, depth)
        elif isinstance(node, n.Call):
            self._call(node, depth)
        elif isinstance(node, _LITERALS):
            self.found[self._body.value(node)] = None
        elif not isinstance(node, n.Function):
            for part in parts(node):
                self.collect(part, depth + 1)

    def _member(self, node: n.Member, depth: int) -> None:
        value = self._body.value(node)
        is_open = isinstance(value, _OPEN)
        if is_open or _is_made(value):
            self.collect(node.object, depth + 1)
        if not is_open:
            self._value(value, depth)

    def _name(self, node: n.Name, depth: int) -> None:
        binding = self._body.scopes.find(node.name, node.start)
        if binding is None:
            self._value(self._body.value(node), depth)
            return
        for source, path in binding.sources:
            value = self._body.source(source, path, depth)
            opaque = isinstance(value, _OPEN)
            if isinstance(source, n.Node) and (opaque or _is_made(value)):
                self.collect(source, depth + 1)
            if not (isinstance(source, n.Node) and opaque):
                self._value(value, depth)

    def _call(self, node: n.Call, depth: int) -> None:
        value = self._body.value(node)
        if isinstance(value, Result):
            self.found[value] = None
            if _looks_through(value.step):
                for argument in node.arguments:
                    self.collect(argument, depth + 1)
                if isinstance(node.callee, n.Member):
                    self.collect(node.callee.object, depth + 1)
            return
        if isinstance(value, External | Context):
            self.found[value] = None
        for part in (node.callee, *node.arguments):
            self.collect(part, depth + 1)

    def _value(self, value: Value, depth: int) -> None:
        if isinstance(value, Computed):
            self.collect(value.node, depth + 1)
        elif isinstance(value, Mixed):
            for part in value.values:
                self._value(part, depth + 1)
        else:
            self.found[value] = None


def _is_made(value: Value) -> bool:
    """Whether it is the result of a call that made it of what the call was given."""
    return isinstance(value, Result) and _looks_through(value.step)


def _looks_through(step: Step) -> bool:
    """Whether what a call gives is made of what it was given."""
    return isinstance(step, HelperCall | OtherCall)
