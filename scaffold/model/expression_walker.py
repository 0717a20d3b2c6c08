"""The walk over expressions: calls become steps, with what becomes of their results."""
# ruff: noqa: SLF001 - the tables at the end dispatch to the own methods of the class

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.model import begins, calls, dispatching, given_anew, named_tables
from scaffold.model import steps as s
from scaffold.model.chains import LINKS, TERMINALS, Chain, ChainReader
from scaffold.model.contexts import as_context
from scaffold.model.rounds import only_counts, read_by
from scaffold.model.scopes import pattern_defaults
from scaffold.model.values import Definition, Global, Unknown
from scaffold.source import nodes as n
from scaffold.source.walk import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.model.body import Body
    from scaffold.model.values import Value

    Extent = tuple[int, int]

# Functions of arrays that call their argument once an element; the first parameter is the element.
_PER_ELEMENT = {"map", "forEach", "filter", "find", "findIndex", "findLast", "some", "every", "flatMap"}
_PER_PAIR = {"reduce", "reduceRight", "sort", "toSorted"}
_ARRAYS = _PER_ELEMENT | _PER_PAIR
_PUSHING = {"push", "unshift", "add", "set"}
_COLLECTING = {"all", "allSettled", "race", "any"}
_CONTINUED = {"then", "catch", "finally"}
_LOGICAL = {"&&", "||", "??"}


class ExpressionWalker:
    """Walks expressions, and leaves steps and variables in the body; `Walker` adds the statements."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._steps: list[s.Step] = []
        self._enters = True
        self._frames: tuple[s.Frame, ...] = ()
        self._guards: tuple[n.Expression, ...] = ()
        self._extent: Extent = (body.function.start, body.function.end)
        self._chains = ChainReader(body.value, body.sources, self._begun, alive=self._alive)
        self._assigned: dict[int, tuple[s.Frame, ...]] = {}

    def _block(self, body: tuple[n.Statement, ...]) -> None:  # pragma: no cover - an interface
        raise NotImplementedError

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
            self._counted(node)
        elif _is_environment(node.object) and (node.property.isupper() or node.property.isidentifier()):
            self._emit(s.EnvRead(**self._common(node), name=node.property))

    def _length(self, target: n.Expression, value: n.Expression) -> None:
        """`const { length } = rows`, where nothing else is taken of them."""
        match target:
            case n.Object(properties=(n.Property(key="length") as part,)):
                self._counted(n.Member(part.start, part.end, value, "length"))

    def _counted(self, node: n.Member) -> None:
        self._told(node, read_by(self._body.value(node.object)))

    def _told(self, node: n.Node, read: s.Read | None) -> None:
        """It is told how many documents a read gave."""
        if read is not None:
            self._emit(s.Length(**self._common(node), read=read))

    def _subscript(self, node: n.Subscript, use: s.Use) -> None:  # noqa: ARG002
        if _is_environment(node.object):
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
        if not isinstance(node.target, n.Name):
            self.expression(node.target)
        self.expression(node.value, s.Use.STORED)
        if isinstance(node.target, n.Name):  # only then: `user = await ctx.db.get(user._id)`
            self._body.scopes.assign(node.target.name, node.start, node.value)
            self._assigned[node.value.start] = self._frames

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
        if only_counts(node) and isinstance(node.callee, n.Member):
            self._told(node, read_by(self._body.value(node.callee.object)))
        value = self._body.value(node.callee)
        self._arguments(node, value)
        for function, frames in dispatching.chosen(self._body, node, value):
            common = self._common(node, use) | {"frames": (*self._frames, *frames)}
            if (step := calls.classify(calls.CallSite(self._body, node, function, common))) is not None:
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
        chain = self._chains.read(node) if method in LINKS else None
        if chain is None or (chain.begun and chain.root is node):
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
        for number, way in enumerate(chain.ways or (chain,)):
            table = named_tables.read(self._body, way.table, self._frames, self._guards)
            step = way.read(self._common(node, use), table, terminal, bound, number if chain.ways else None)
            self._emit(step)
            self._body.note(node, step)

    def _chain_arguments(self, chain: Chain) -> None:
        """What stands in the chain's arguments runs too: a clock in a range, a helper in a filter."""
        if chain.begun and isinstance(chain.root, n.Call) and self._body.result(chain.root) is None:
            self.expression(chain.root, s.Use.CHAINED)
        for call in chain.calls:
            for argument in call.arguments:
                match argument:
                    case n.Function(
                        parameters=(n.Parameter(pattern=n.Name(name=name)),),
                        body=(n.Return(value=n.Call() as value),),
                    ):
                        self._condition(argument, call, name, value)
                    case n.Function():
                        self._closure(argument, call)
                    case _:
                        self.expression(argument, s.Use.PASSED)

    def _alive(self, earlier: list[n.Expression]) -> list[n.Expression]:
        """What of that which a variable was given it can still have at the place that is walked."""
        return given_anew.alive(earlier, self._assigned, self._frames)

    def _begun(self, node: n.Call) -> Chain | None:
        """The query that a helper begins: `ofUser(ctx).order("desc")`."""
        return begins.chain_of(self._body, node, self._chains.read)

    def _condition(self, function: n.Function, call: n.Call, name: str, value: n.Call) -> None:
        """A range or a filter: the calls on its builder only write it down, what they are given runs."""
        if not self._enters:
            return
        before = self._frames
        self._frames = (*before, s.ClosureFrame(function, call))
        self._written(value, name)
        self._frames = before

    def _written(self, node: n.Expression, name: str) -> None:
        if _root(node) != name:
            self.expression(node, s.Use.PASSED)
            return
        while isinstance(node, n.Call) and isinstance(node.callee, n.Member):
            for argument in node.arguments:
                self._written(argument, name)
            node = node.callee.object

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
                self._named_callback(node, argument)

    def _named_callback(self, node: n.Call, argument: n.Expression) -> None:
        """A function of the project that an array runs for each element: `rows.filter(isStale)`."""
        match node.callee:
            case n.Member(object=receiver, property=method) if method in _ARRAYS and _is_name(argument):
                value = self._body.value(argument)
            case _:
                return
        if not isinstance(value, Definition) or not isinstance(value.node, n.Function):
            return
        before = self._frames
        self._frames = (*before, s.LoopFrame(node, method, receiver))
        call = n.Call(argument.start, argument.end, argument, (), at=argument.start)
        step = calls.classify(calls.CallSite(self._body, call, value, self._common(call, s.Use.PASSED)))
        if step is not None:
            self._emit(step)
        self._frames = before

    def _argument_use(self, node: n.Call, callee: Value) -> s.Use:
        match callee:
            case Global(("Promise", name)) if name in _COLLECTING:
                return s.Use.COLLECTED
        pushed = isinstance(node.callee, n.Member) and node.callee.property in _PUSHING
        return s.Use.COLLECTED if pushed else s.Use.PASSED

    def _callback(self, node: n.Call, function: n.Function) -> None:
        """A function given to a call: one run an element for the functions of arrays."""
        match node.callee:
            case n.Member(object=receiver, property=method) if method in _ARRAYS:
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
        self._parameter_defaults(function)
        self._block(function.body)
        self._extent, self._frames, self._guards = extent, before, guards

    def _parameter_defaults(self, function: n.Function) -> None:
        """What runs where nothing is given for a parameter, or for a part of it."""
        for index, parameter in enumerate(function.parameters):
            for path, default in pattern_defaults(parameter.pattern):
                self._framed(s.DefaultFrame(default, index, path), default, s.Use.STORED)

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


def _is_name(node: n.Expression) -> bool:
    return isinstance(node, n.Name | n.Member)


def _is_environment(node: n.Expression) -> bool:
    match node:
        case n.Member(object=n.Name(name="process"), property="env"):
            return True
    return False


def _root(node: n.Expression) -> str:
    """The name that a chain of calls begins with, "" if it begins with something else."""
    while isinstance(node, n.Call) and isinstance(node.callee, n.Member):
        node = node.callee.object
    return node.name if isinstance(node, n.Name) else ""


_EXPRESSIONS: dict[type, Callable[[ExpressionWalker, Any, s.Use], None]] = {
    n.Await: ExpressionWalker._await,
    n.Member: ExpressionWalker._member,
    n.Subscript: ExpressionWalker._subscript,
    n.Call: ExpressionWalker._call,
    n.Template: ExpressionWalker._each,
    n.Object: ExpressionWalker._object,
    n.Array: ExpressionWalker._array,
    n.Function: ExpressionWalker._function,
    n.Unary: ExpressionWalker._unary,
    n.Binary: ExpressionWalker._binary,
    n.Conditional: ExpressionWalker._conditional,
    n.Assign: ExpressionWalker._assign,
    n.Spread: ExpressionWalker._spread,
    n.Element: ExpressionWalker._each,
    n.Property: ExpressionWalker._each,
    n.Computed: ExpressionWalker._each,
    n.Other: ExpressionWalker._other,
}
