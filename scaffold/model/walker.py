"""The walk over a body, in the order in which it runs: every step with the way to it."""
# ruff: noqa: SLF001 - the tables at the end dispatch to the own methods of the class

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.model import calls
from scaffold.model import steps as s
from scaffold.model.chains import TERMINALS, Chain, ChainReader
from scaffold.model.contexts import as_context
from scaffold.model.values import UNSET, Closure, Global, Result, Unknown
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffold.model.body import Body
    from scaffold.model.values import Value

    Extent = tuple[int, int]

# Functions of arrays that call their argument once an element; the first parameter is the element.
_PER_ELEMENT = {"map", "forEach", "filter", "find", "findIndex", "findLast", "some", "every", "flatMap"}
_PER_PAIR = {"reduce", "reduceRight", "sort", "toSorted"}
_COLLECTING = {"all", "allSettled", "race", "any"}
_CONTINUED = {"then", "catch", "finally"}
_LOGICAL = {"&&", "||", "??"}


class Walker:
    """Walks one body once, and leaves its steps and variables in it."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._steps: list[s.Step] = []
        self._enters = True
        self._frames: tuple[s.Frame, ...] = ()
        self._guards: tuple[n.Expression, ...] = ()
        self._extent: Extent = (body.function.start, body.function.end)
        self._chains = ChainReader(body.value, body.sources)

    def walk(self, parameters: Sequence[Value]) -> None:
        """Read the whole body with these values for its parameters."""
        function = self._body.function
        for parameter, value in zip(function.parameters, parameters, strict=False):
            self._body.scopes.bind(parameter.pattern, value, self._extent)
        for parameter in function.parameters:
            self._defaults(parameter.pattern)
        self._block(function.body)
        self._body.steps = tuple(self._steps)
        self._body.complete = True

    # --- statements --------------------------------------------------------------------------------------

    def _block(self, body: tuple[n.Statement, ...]) -> None:
        guards = self._guards
        for statement in body:
            if isinstance(statement, n.Define):
                name = n.Name(statement.start, statement.start, statement.function.name)
                self._body.scopes.bind(name, Closure(statement.function), self._extent)
        for statement in body:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)
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
        then, other = _leaves(node.then), _leaves(node.other)
        self._emit(s.Test(**self._common(node), test=node.test, exits=then or other))
        self._within(node, node.then, s.BranchFrame(node, node.test, taken=True))
        if node.other:
            self._within(node, node.other, s.BranchFrame(node, node.test, taken=False))
        if then or other:
            self._guards = (*self._guards, node.test)

    def _loop(self, node: n.Loop) -> None:
        frame = s.LoopFrame(node, node.kind, node.head)
        if node.kind in {"of", "in"} and node.head is not None:
            self._head(node, node.head)
        extent, before, guards = self._extent, self._frames, self._guards
        self._extent = (node.start, node.end)
        if node.target is not None and node.head is not None:
            self._body.scopes.bind(node.target, node.head, self._extent, ("*",))
        self._block(node.before)
        self._frames = (*before, frame)
        if node.kind not in {"of", "in"} and node.head is not None:
            self.expression(node.head)
        self._block(node.body)
        if node.step is not None:
            self.expression(node.step, s.Use.VOID)
        self._extent, self._frames, self._guards = extent, before, guards

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
        self._emit(s.Test(**self._common(node), test=node.subject, exits=False))
        for case in node.cases:
            if case.test is not None:
                self.expression(case.test)
            test = case.test if case.test is not None else node.subject
            self._within(case, case.body, s.BranchFrame(case, test, taken=True))

    def _inner(self, node: n.Block) -> None:
        self._within(node, node.body)

    # --- expressions -------------------------------------------------------------------------------------

    def expression(self, node: n.Expression, use: s.Use = s.Use.OTHER) -> None:
        """Walk an expression whose result is put to `use`."""
        handler = _EXPRESSIONS.get(type(node))
        if handler is not None:
            handler(self, node, use)

    def _await(self, node: n.Await, use: s.Use) -> None:  # noqa: ARG002 - one signature for all
        self.expression(node.value, s.Use.AWAITED)

    def _member(self, node: n.Member, use: s.Use) -> None:  # noqa: ARG002
        self.expression(node.object, s.Use.CHAINED)
        if node.property == "length":
            value = self._body.value(node.object)
            if isinstance(value, Result) and isinstance(value.step, s.Read):
                self._emit(s.Length(**self._common(node), read=value.step))
        elif node.property.isupper() or node.property.isidentifier():
            self._environment(node)

    def _environment(self, node: n.Member) -> None:
        match node.object:
            case n.Member(object=n.Name(name="process"), property="env"):
                self._emit(s.EnvRead(**self._common(node), name=node.property))

    def _subscript(self, node: n.Subscript, use: s.Use) -> None:  # noqa: ARG002
        match node.object:
            case n.Member(object=n.Name(name="process"), property="env"):
                self._emit(s.EnvRead(**self._common(node), name=None))
        self.expression(node.object, s.Use.CHAINED)
        self.expression(node.index)

    def _each(self, node: n.Node, use: s.Use) -> None:  # noqa: ARG002
        for part in parts(node):
            self.expression(part)  # type: ignore[arg-type]

    def _object(self, node: n.Object, use: s.Use) -> None:  # noqa: ARG002
        for part in node.properties:
            self.expression(part.value, s.Use.OTHER if part.kind == "spread" else s.Use.STORED)

    def _array(self, node: n.Array, use: s.Use) -> None:  # noqa: ARG002
        for item in node.items:
            self.expression(item, s.Use.COLLECTED)

    def _function(self, node: n.Function, use: s.Use) -> None:  # noqa: ARG002
        self._closure(node, None)

    def _unary(self, node: n.Unary, use: s.Use) -> None:  # noqa: ARG002
        self.expression(node.value, s.Use.VOID if node.operator == "void" else s.Use.OTHER)

    def _binary(self, node: n.Binary, use: s.Use) -> None:
        if node.operator not in _LOGICAL:
            self.expression(node.left)
            self.expression(node.right)
            return
        self.expression(node.left, use if node.operator == "??" else s.Use.OTHER)
        frame = s.BranchFrame(node, node.left, taken=node.operator == "&&")
        self._framed(frame, node.right, use)

    def _conditional(self, node: n.Conditional, use: s.Use) -> None:
        self.expression(node.test)
        self._emit(s.Test(**self._common(node), test=node.test, exits=False))
        self._framed(s.BranchFrame(node, node.test, taken=True), node.then, use)
        self._framed(s.BranchFrame(node, node.test, taken=False), node.other, use)

    def _assign(self, node: n.Assign, use: s.Use) -> None:  # noqa: ARG002
        if isinstance(node.target, n.Name):
            self._body.scopes.assign(node.target.name, node.start, node.value)
        else:
            self.expression(node.target)
        self.expression(node.value, s.Use.STORED)

    def _spread(self, node: n.Spread, use: s.Use) -> None:
        self.expression(node.value, use)

    def _other(self, node: n.Other, use: s.Use) -> None:
        sequence = node.kind == "sequence_expression"
        for number, part in enumerate(node.parts):
            last = number == len(node.parts) - 1
            self.expression(part, use if last else s.Use.DISCARDED if sequence else s.Use.OTHER)

    def _framed(self, frame: s.Frame, node: n.Expression, use: s.Use) -> None:
        before = self._frames
        self._frames = (*before, frame)
        self.expression(node, use)
        self._frames = before

    # --- calls -------------------------------------------------------------------------------------------

    def _call(self, node: n.Call, use: s.Use) -> None:
        match node.callee:
            case n.Member(object=inner, property=method):
                if self._query(node, inner, method, use):
                    return
                if method in _CONTINUED:
                    self._continued(node, inner, use)
                    return
                self.expression(inner, s.Use.CHAINED)
            case callee:
                self.expression(callee)
        value = self._body.value(node.callee)
        self._arguments(node, value)
        site = calls.CallSite(self._body, node, value, self._common(node, use))
        step = calls.classify(site)
        if step is not None:
            self._emit(step)
            self._body.note(node, step)

    def _query(self, node: n.Call, inner: n.Expression, method: str, use: s.Use) -> bool:
        """Whether the call ends a chain of a query, or is one that is handed on."""
        if method in TERMINALS:
            chain = self._chains.read(inner)
            if chain is None:
                return False
            self._finish(chain, node, method, node.arguments[0] if node.arguments else None, use)
            return True
        chain = self._chains.read(node)
        if chain is None:
            return False
        if use is s.Use.STORED:
            self._chain_arguments(chain)
        else:
            self._finish(chain, node, "", None, use)
        return True

    def _finish(
        self, chain: Chain, node: n.Expression, terminal: str, bound: n.Expression | None, use: s.Use
    ) -> None:
        self._chain_arguments(chain)
        if bound is not None:
            self.expression(bound, s.Use.PASSED)
        step = s.Read(
            **self._common(node, use),
            table=chain.table,
            index=chain.index,
            index_node=chain.index_node,
            index_kind=chain.index_kind,
            range=chain.range,
            filters=chain.filters,
            order=chain.order,
            terminal=terminal,
            bound=bound,
            system=chain.system,
            root=chain.root,
            conditional=chain.conditional,
        )
        self._emit(step)
        self._body.note(node, step)

    def _chain_arguments(self, chain: Chain) -> None:
        """What stands in the chain's arguments runs too: a clock in a range, a helper in a filter."""
        for call in chain.calls:
            for argument in call.arguments:
                if isinstance(argument, n.Function):
                    self._closure(argument, call)
                else:
                    self.expression(argument, s.Use.PASSED)

    def _continued(self, node: n.Call, inner: n.Expression, use: s.Use) -> None:
        """`promise.then(…)`: the promise is put to the use that the whole is; its value is the callback's."""
        self.expression(inner, use)
        for argument in node.arguments:
            if isinstance(argument, n.Function):
                self._closure(argument, node, inner)
            else:
                self.expression(argument, s.Use.PASSED)

    def _arguments(self, node: n.Call, callee: Value) -> None:
        use = self._argument_use(node, callee)
        for argument in node.arguments:
            if isinstance(argument, n.Function):
                self._callback(node, argument)
            else:
                self.expression(argument, use)

    def _argument_use(self, node: n.Call, callee: Value) -> s.Use:
        match callee:
            case Global(("Promise", name)) if name in _COLLECTING:
                return s.Use.COLLECTED
        pushed = isinstance(node.callee, n.Member) and node.callee.property in {
            "push",
            "unshift",
            "add",
            "set",
        }
        return s.Use.COLLECTED if pushed else s.Use.PASSED

    def _callback(self, node: n.Call, function: n.Function) -> None:
        """A function given to a call: one run an element for the functions of arrays."""
        match node.callee:
            case n.Member(object=receiver, property=method) if method in _PER_ELEMENT | _PER_PAIR:
                frame = s.LoopFrame(node, method, receiver)
                position = 1 if method in _PER_PAIR else 0
                self._closure(function, node, receiver, frame, element=position)
            case n.Name(name="asyncMap") if node.arguments[0] is not function:
                frame = s.LoopFrame(node, "asyncMap", node.arguments[0])
                self._closure(function, node, node.arguments[0], frame, element=0)
            case n.Member(object=n.Name(name="Array"), property="from"):
                head = node.arguments[0] if node.arguments[0] is not function else None
                self._closure(function, node, None, s.LoopFrame(node, "from", head))
            case _:
                self._closure(function, node)

    def top(self) -> None:
        """Read the top level of a module: what runs when it is loaded, and no function."""
        self._enters = False
        self._block(self._body.function.body)
        self._body.steps = tuple(self._steps)
        self._body.complete = True

    def _closure(
        self,
        function: n.Function,
        call: n.Call | None,
        given: n.Expression | None = None,
        *frames: s.Frame,
        element: int | None = None,
    ) -> None:
        if not self._enters:
            return
        extent, before, guards = self._extent, self._frames, self._guards
        self._extent = (function.start, function.end)
        self._frames = (*before, *frames, s.ClosureFrame(function, call))
        for position, parameter in enumerate(function.parameters):
            self._bind_parameter(position, parameter, given, element)
        self._block(function.body)
        self._extent, self._frames, self._guards = extent, before, guards

    def _bind_parameter(
        self, position: int, parameter: n.Parameter, given: n.Expression | None, element: int | None
    ) -> None:
        bind = self._body.scopes.bind
        context = as_context(parameter) if given is None else None
        if context is not None:
            bind(parameter.pattern, context, self._extent)
        elif given is not None and element is None and position == 0:
            bind(parameter.pattern, given, self._extent)
        elif given is not None and position == element:
            bind(parameter.pattern, given, self._extent, ("*",))
        else:
            bind(parameter.pattern, Unknown("a callback's parameter"), self._extent)

    def _defaults(self, pattern: n.Expression) -> None:
        """Defaults in patterns run too."""
        if isinstance(pattern, n.Assign):
            self.expression(pattern.value, s.Use.STORED)
        elif isinstance(pattern, n.Object):
            for part in pattern.properties:
                self._defaults(part.value)

    def _emit(self, step: s.Step) -> None:
        self._steps.append(step)

    def _common(self, node: n.Node, use: s.Use = s.Use.OTHER) -> dict[str, Any]:
        return {
            "body": self._body,
            "node": node,
            "frames": self._frames,
            "use": use,
            "after_exit": self._guards,
        }


def _leaves(body: tuple[n.Statement, ...]) -> bool:
    """Whether a block never runs to its end."""
    if not body:
        return False
    match body[-1]:
        case n.Return() | n.Throw() | n.Leave():
            return True
        case n.If(then=then, other=other):
            return _leaves(then) and _leaves(other)
        case n.Block(body=inner):
            return _leaves(inner)
    return False


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
_EXPRESSIONS: dict[type, Callable[[Walker, Any, s.Use], None]] = {
    n.Await: Walker._await,
    n.Member: Walker._member,
    n.Subscript: Walker._subscript,
    n.Call: Walker._call,
    n.Template: Walker._each,
    n.Object: Walker._object,
    n.Array: Walker._array,
    n.Function: Walker._function,
    n.Unary: Walker._unary,
    n.Binary: Walker._binary,
    n.Conditional: Walker._conditional,
    n.Assign: Walker._assign,
    n.Spread: Walker._spread,
    n.Element: Walker._each,
    n.Property: Walker._each,
    n.Other: Walker._other,
}
