"""Reads the functions of a project as bodies, each once under the same parameters."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from scaffold.model import instances, named_tables
from scaffold.model.body import Body, Written
from scaffold.model.contexts import as_context
from scaffold.model.values import (
    Argument,
    Bundle,
    Computed,
    Context,
    Known,
    Literal,
    Parameter,
    Surrounding,
    Value,
)
from scaffold.model.walker import Walker
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.project import Project
    from scaffold.model.validators import Validator
    from scaffold.model.values import Definition

# Of one function. What it is given can grow with each call (`walk(ctx.parent)`), and would have no end.
_WAYS_TO_CALL = 100
_PARTS = 6  # of the context, one in the other
_Key: TypeAlias = "tuple[str, int, int, tuple[Value | None, ...]]"


def _no_arguments() -> None:
    """What is known of arguments that nothing declares: of a helper's, and of what a package hands in."""


class BodyReader:
    """Reads functions as bodies: handlers, helpers as they are called, strays, top levels."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._bodies: dict[_Key, Body] = {}
        self._named: dict[tuple[str, int], frozenset[str]] = {}
        self._calls: Counter[tuple[str, int]] = Counter()

    def handler(
        self,
        written: Written,
        request: Argument,
        arguments: Callable[[], Validator | None] = _no_arguments,
        inputs: tuple[Body, ...] = (),
        knows: Known = (),
    ) -> Body:
        """The body of a registered function; `arguments` reads the validator of its arguments.

        `inputs` are what its builder runs before, and may put more on the context. `knows` is what it has
        of the function that registered it.
        """
        if not knows:
            return self._read(written, (Context(), request), arguments, inputs)
        return self._read(written, _filled(written, (Context(), request), knows), arguments, inputs)

    def hono_handler(self, written: Written, knows: Known = ()) -> Body:
        """The body of what Hono runs: its first parameter holds the context and the request."""
        given = Bundle(0, (("env", Context()), ("req", Argument(("request",)))))
        return self._read(written, _filled(written, (given,), knows))

    def procedure(
        self,
        written: Written,
        arguments: Callable[[], Validator | None] = _no_arguments,
        inputs: tuple[Body, ...] = (),
        knows: Known = (),
    ) -> Body:
        """The body of a procedure, or of what runs before one: its first parameter holds all it is given."""
        given = Bundle(0, (("ctx", Context()), ("input", Argument())))
        return self._read(written, _filled(written, (given,), knows), arguments, inputs)

    def stray(self, written: Written, *, context_first: bool = False) -> Body:
        """The body of a function by its annotations alone; `context_first` where its place says so."""
        values: list[Value | None] = [as_context(parameter) for parameter in written.function.parameters]
        if context_first and values:
            values[0] = Context()
        return self._read(written, tuple(values))

    def helper(
        self, written: Written, caller: Body, call: n.Call, knows: Known = ()
    ) -> Callable[[], Body | None]:
        """Reads the body of a function of the project as one call runs it; None if such calls have no end.

        What the call gives it is looked at now, the body when it is asked for: how many helpers have led here
        is then nothing that the answer depends on.
        `knows` is what it has of the function that made it, see `Definition.knows`.
        """
        values: list[Value | None] = []
        named = partial(self._named_in, written)
        for position, parameter in enumerate(written.function.parameters):
            argument = call.arguments[position] if position < len(call.arguments) else None
            value = caller.value(argument) if argument is not None else None
            passed = _passed(caller, value, position, parameter, named)
            passed = passed or named_tables.given(caller, value, parameter, named)
            values.append(passed or as_context(parameter))
        this = instances.called_on(caller, call)
        values += [this] if this is not None else []  # behind the parameters
        values += [Surrounding(knows)] if knows else []
        return partial(self._called, written, tuple(values))

    def _called(self, written: Written, values: tuple[Value | None, ...]) -> Body | None:
        known = self._bodies.get(_key(written, values))
        if known is not None:
            return known
        function = (written.module.path, written.function.start)
        self._calls[function] += 1
        return self._read(written, values) if self._calls[function] <= _WAYS_TO_CALL else None

    def defined(self, target: Definition, function: n.Function, caller: Body, call: n.Call) -> Body | None:
        """The same of a function that a definition is, at once."""
        return self.helper(Written(target.module, function, target.name), caller, call, target.knows)()

    def top(self, module: Module) -> Body:
        """The top level of a module."""
        key = (module.path, -1, -1, ())
        known = self._bodies.get(key)
        if known is not None:
            return known
        end = max((statement.end for statement in module.body), default=0)
        everything = n.Function(0, end, "", (), module.body)
        body = self._bodies[key] = Body(self._project, Written(module, everything, module.name))
        body.top = True
        Walker(body).top()
        return body

    def _named_in(self, written: Written) -> frozenset[str]:
        """The variables of a function that it takes for names of tables, looked for once."""
        key = (written.module.path, written.function.start)
        if key not in self._named:
            self._named[key] = named_tables.named_in(written.function)
        return self._named[key]

    def _read(
        self,
        written: Written,
        values: tuple[Value | None, ...],
        arguments: Callable[[], Validator | None] = _no_arguments,
        inputs: tuple[Body, ...] = (),
    ) -> Body:
        function = written.function
        key = _key(written, values)
        known = self._bodies.get(key)
        if known is not None:
            return known
        body = self._bodies[key] = Body(self._project, written)
        body.read_arguments = arguments
        body.inputs = inputs
        body.told = tuple(named_tables.told(function, values))
        body.varies = any(map(_varies, values))
        try:
            Walker(body).walk([value or Parameter(i) for i, value in enumerate(values)])
        except RecursionError:
            body.steps = ()
        return body


def _key(written: Written, values: tuple[Value | None, ...]) -> _Key:
    return written.module.path, written.function.start, written.function.end, values


def _filled(written: Written, given: tuple[Value, ...], knows: Known) -> tuple[Value | None, ...]:
    """The parameters of a function, and behind them what it has of the function that made it."""
    count = len(written.function.parameters)
    return (*(*given, *[None] * count)[:count], *((Surrounding(knows),) if knows else ()))


def _varies(value: Value | None) -> bool:
    """Whether more than the context is known of the function around, which others may call otherwise."""
    if not isinstance(value, Surrounding):
        return False
    return any(not isinstance(known, Context) for _, known in value.entries)


def _passed(
    caller: Body,
    value: Value | None,
    position: int,
    parameter: n.Parameter,
    named: Callable[[], frozenset[str]],
) -> Value | None:
    """What of the context a call hands on: all, a part, or an object with parts, and with a table's name."""
    if isinstance(value, Context):
        return value if len(value.path) <= _PARTS else None
    if isinstance(value, Bundle):
        return Bundle(position, value.entries)
    if isinstance(value, Computed) and isinstance(value.node, n.Object):
        tables = named_tables.entries(caller, value.node, parameter.pattern, named)
        entries: tuple[tuple[str, Context | Literal], ...] = (*_entries(caller, value.node), *tables)
        return Bundle(position, entries) if entries else None
    return None


def _entries(caller: Body, literal: n.Object) -> Iterator[tuple[str, Context]]:
    for part in literal.properties:
        if part.key is not None:
            value = caller.value(part.value)
            if isinstance(value, Context):
                yield part.key, value
