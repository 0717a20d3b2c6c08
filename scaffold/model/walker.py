"""The walk over a body, in the order in which it runs: every step with the way to it."""
# ruff: noqa: SLF001 - the table at the end dispatches to the own methods of the class

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from scaffold.model import steps as s
from scaffold.model.expression_walker import ExpressionWalker
from scaffold.model.names import without_default
from scaffold.model.rounds import element_of, only_counts, over, read_by
from scaffold.model.values import UNSET, Closure, Instance, Literal, Result, Surrounding
from scaffold.source import nodes as n
from scaffold.source.leaving import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffold.model.values import Value


class Walker(ExpressionWalker):
    """Walks one body once, and leaves its steps and variables in it."""

    def walk(self, parameters: Sequence[Value]) -> None:
        """Read the whole body with these values for its parameters."""
        function = self._body.function
        for parameter, value in zip(function.parameters, parameters, strict=False):
            is_known = isinstance(value, Literal)  # the default is taken, or it is not
            pattern = without_default(parameter.pattern) if is_known else parameter.pattern
            self._body.scopes.bind(pattern, value, self._extent)
        for value in parameters[len(function.parameters) :]:
            if isinstance(value, Instance):
                self._body.scopes.bind(n.Name(function.start, function.start, "this"), value, self._extent)
            if isinstance(value, Surrounding):
                for name, known in value.entries:
                    self._body.scopes.bind(n.Name(function.start, function.start, name), known, self._extent)
        self._parameter_defaults(function)
        self._block(function.body)
        self._body.steps = tuple(self._steps)
        self._body.complete = True

    def top(self) -> None:
        """Read the top level of a module: what runs when it is loaded, and no function."""
        self._enters = False
        self._block(self._body.function.body)
        self._body.steps = tuple(self._steps)
        self._body.complete = True

    def _block(self, body: tuple[n.Statement, ...]) -> None:
        guards = self._guards
        for statement in body:
            if isinstance(statement, n.Define):
                name = n.Name(statement.start, statement.start, statement.function.name)
                self._body.scopes.bind(name, Closure(statement.function), self._extent)
        dead = False  # behind a return only functions count: they are called from before
        for statement in body:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None and (not dead or isinstance(statement, n.Define)):
                handler(self, statement)
            dead = dead or isinstance(statement, n.Return | n.Throw)
        self._guards = guards

    def _within(self, node: n.Node, body: tuple[n.Statement, ...], *frames: s.Frame) -> None:
        """A block with its own variables, inside of further frames."""
        extent, before, guards = self._extent, self._frames, self._guards
        self._extent = (node.start, node.end)
        self._frames = (*before, *frames)
        self._block(body)
        self._extent, self._frames, self._guards = extent, before, guards

    def _declare(self, node: n.Declare) -> None:
        if node.value is None:
            self._body.scopes.bind(node.target, UNSET, self._extent)
            return
        function = self._body.function
        extent = (function.start, function.end) if node.kind == "var" else self._extent
        self._body.scopes.bind(node.target, node.value, extent)
        self.expression(node.value, s.Use.STORED)
        self._defaults(node.target)
        self._length(node.target, node.value)

    def _define(self, node: n.Define) -> None:
        self._closure(node.function, None)

    def _class(self, node: n.Class) -> None:
        for member in node.members:
            self.expression(member.value, s.Use.STORED)

    def _do(self, node: n.Do) -> None:
        self.expression(node.value, s.Use.DISCARDED)

    def _return(self, node: n.Return) -> None:
        if node.value is not None:
            use = s.Use.RETURNED
            if node.implicit and self._is_dropped():
                use = s.Use.DISCARDED
            self.expression(node.value, use)
        self._emit(s.Return(**self._common(node), value=node.value))

    def _is_dropped(self) -> bool:
        """Whether the arrow that is being walked is a callback whose result nobody takes."""
        frame = self._frames[-1] if self._frames else None
        call = frame.call if isinstance(frame, s.ClosureFrame) else None
        return call is not None and isinstance(call.callee, n.Member) and call.callee.property == "forEach"

    def _throw(self, node: n.Throw) -> None:
        self.expression(node.value, s.Use.PASSED)
        self._emit(s.Throw(**self._common(node), value=node.value))

    def _if(self, node: n.If) -> None:
        self.expression(node.test)
        then, other = leaves(node.then), leaves(node.other)
        self._emit(s.Test(**self._common(node), test=node.test, exits=then or other))
        self._within(node, node.then, s.BranchFrame(node, node.test, taken=True))
        if node.other:
            self._within(node, node.other, s.BranchFrame(node, node.test, taken=False))
        if then or other:
            self._guards = (*self._guards, node.test)

    def _loop(self, node: n.Loop) -> None:
        iterated = over(node, self._body)
        frame = s.LoopFrame(node, node.kind, iterated)
        if node.kind in {"of", "in"} and node.head is not None:
            self._head(node, node.head)
        extent, before, guards = self._extent, self._frames, self._guards
        self._extent = (node.start, node.end)
        if node.target is not None and iterated is not None:
            target = node.target if iterated is node.head else element_of(node.target)
            self._body.scopes.bind(target, self._gone_through(iterated), self._extent, ("*",))
            if only_counts(node):
                self._told(node, self._counted_by(iterated))
        self._block(node.before)
        self._frames = (*before, frame)
        if node.kind not in {"of", "in"} and node.head is not None:
            self.expression(node.head)
        self._block(node.body)
        if node.step is not None:
            self.expression(node.step, s.Use.VOID)
        self._extent, self._frames, self._guards = extent, before, guards

    def _counted_by(self, head: n.Expression) -> s.Read | None:
        """The read whose documents a loop counts."""
        read = self._body.result(head)
        return read if isinstance(read, s.Read) else read_by(self._body.value(head))

    def _gone_through(self, head: n.Expression) -> n.Expression | Value:
        """What a loop goes through: of a query that stands in a variable, the read that the loop makes."""
        read = self._body.result(head) if isinstance(head, n.Name) else None
        return Result(read) if read is not None else head

    def _head(self, node: n.Loop, head: n.Expression) -> None:
        chain = self._chains.read(head)
        if chain is not None and node.awaits:
            self._finish(chain, head, "for await", None, s.Use.AWAITED)
            return
        self.expression(head, s.Use.AWAITED if node.awaits else s.Use.OTHER)

    def _try(self, node: n.Try) -> None:
        self._within(node, node.body, s.TryFrame(node, "body"))
        self._within(node, node.handler, s.TryFrame(node, "handler"))
        self._within(node, node.last, s.TryFrame(node, "last"))

    def _switch(self, node: n.Switch) -> None:
        self.expression(node.subject)
        refused = next((_chosen(node, case) for case in node.cases if _refuses(case)), None)
        exits = refused is not None and all(map(_does_nothing, node.cases))
        self._emit(
            s.Test(**self._common(node), test=refused if exits and refused else node.subject, exits=exits)
        )
        for case in node.cases:
            if case.test is not None:
                self.expression(case.test)
            self._within(case, case.body, s.BranchFrame(case, _chosen(node, case), taken=True))
        if refused is not None:
            self._guards = (*self._guards, refused)

    def _inner(self, node: n.Block) -> None:
        self._within(node, node.body)


def _chosen(node: n.Switch, case: n.Case) -> n.Expression:
    """What has to be true for a case to run; for the default, that none of the others is chosen."""
    if case.test is not None:
        return _asked(node.subject, case.test, "===", case.test)
    others = [
        _asked(node.subject, other.test, "!==", n.Node(other.start, other.test.end))
        for other in node.cases
        if other.test is not None
    ]
    if len(others) < 2:  # noqa: PLR2004 - one to choose, or nothing to ask
        return next(iter(others), node.subject)
    return reduce(lambda left, right: n.Binary(node.start, right.end, "&&", left, right), others)


def _refuses(case: n.Case) -> bool:
    """Whether it is a default that leaves the function: only what a case names goes on."""
    return case.test is None and bool(case.body) and isinstance(case.body[-1], n.Return | n.Throw)


def _does_nothing(case: n.Case) -> bool:
    """Whether a case only goes on behind the `switch`; the default is another matter."""
    return case.test is None or all(isinstance(each, n.Leave) for each in case.body)


def _asked(subject: n.Expression, test: n.Expression, operator: str, place: n.Node) -> n.Expression:
    if isinstance(subject, n.Constant) and subject.value is True:  # switch (true) { case a > b: … }
        return test if operator == "===" else n.Unary(place.start, place.end, "!", test)
    return n.Binary(place.start, place.end, operator, subject, test)


_STATEMENTS: dict[type, Callable[[Walker, Any], None]] = {
    n.Declare: Walker._declare,
    n.Define: Walker._define,
    n.Class: Walker._class,
    n.Do: Walker._do,
    n.Return: Walker._return,
    n.Throw: Walker._throw,
    n.If: Walker._if,
    n.Loop: Walker._loop,
    n.Try: Walker._try,
    n.Switch: Walker._switch,
    n.Block: Walker._inner,
}
