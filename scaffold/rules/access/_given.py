"""What a function gives its caller of the documents that it reads: all of them, some fields, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model import values as vs
from scaffold.model.steps import HelperCall, OtherCall, Read
from scaffold.rules._nodes import left_out
from scaffold.rules.access._private import is_personal
from scaffold.source import nodes as n
from scaffold.source.walk import walk_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function

_PER_ELEMENT = {"map", "flatMap"}
_COMPUTING = set(
    """
    reduce some every includes indexOf findIndex has keys max min round floor ceil abs Number Boolean Set
    startsWith endsWith toFixed
    """.split()
)
_PUSHING = {"push", "unshift", "add", "set"}
_COUNTS = {"length", "size", "isDone", "continueCursor"}
_STEPS = {"*", "page"}
_DEPTH = 40


class Given(msgspec.Struct):
    """What comes out of each read; a read that is not there only helps to decide or to count."""

    whole: set[int] = msgspec.field(default_factory=set)
    fields: dict[int, set[str]] = msgspec.field(default_factory=dict)

    def of(self, read: Read) -> set[str] | None:
        """The fields that are given of what a read finds; None stands for all."""
        return None if id(read) in self.whole else self.fields.get(id(read), set())


class Told(msgspec.Struct, frozen=True):
    """What a helper is given, and where that stands."""

    arguments: tuple[n.Expression, ...]
    body: Body


def given_by(function: Function) -> Given:
    """What the handler returns of what it reads, as far as can be followed."""
    flow = _Flow()
    if function.body is not None:
        flow.returned(function.body)
    return flow.given


class _Flow:
    """Follows what is returned back to the reads."""

    def __init__(self, depth: int = 0, told: dict[Body, Told] | None = None) -> None:
        self.given = Given()
        self._seen: set[tuple[type, int, int, int, int, frozenset[str]]] = set()
        self._depth = depth
        self._told = told if told is not None else {}  # what the helper that is being followed was given
        self._followed: set[Body] = set()  # helpers that give away something of what they are given
        self._without: frozenset[str] = frozenset()

    def returned(self, body: Body) -> None:
        for expression in body.returns():
            self.expression(expression, body)

    def expression(self, node: n.Node | None, body: Body) -> None:
        if node is None or self._depth > _DEPTH:
            return
        key = (type(node), id(body), node.start, node.end, id(self._told.get(body)), self._without)
        if key in self._seen:
            return
        self._seen.add(key)
        self._depth += 1
        match node:
            case n.Name():
                self._named(node, body)
            case n.Member() | n.Subscript():
                self._part(node, body)
            case n.Call():
                self._call(node, body)
            case n.Unary() | n.Function():
                pass
            case n.Object():
                self._object(node, body)
            case _:
                self._all(_parts(node, body), body)
        self._depth -= 1

    def _all(self, nodes: Iterable[n.Node | None], body: Body) -> None:
        for node in nodes:
            self.expression(node, body)

    def _object(self, node: n.Object, body: Body) -> None:
        """The properties of an object; what is spread into it gives nothing that stands behind it again."""
        before = self._without
        for part in reversed([each for each in _parts(node, body) if isinstance(each, n.Property)]):
            if part.kind == "spread":
                self.expression(part.value, body)
                continue
            behind, self._without = self._without, before
            self.expression(part.value, body)
            self._without = behind | {part.key} if part.key is not None else behind
        self._without = before

    def _value(self, value: vs.Value, body: Body) -> None:
        match value:
            case vs.Result(step=Read() as read, path=path):
                self._read(read, [part for part in path if part not in _STEPS and not part.isdecimal()])
            case vs.Result(step=HelperCall(callee=callee)) if callee is not None:
                self.returned(callee)
            case vs.Result(step=OtherCall(node=node), path=path) if not _COUNTS & set(path):
                self._field(node, body, [part for part in path if part not in _STEPS])
            case vs.Parameter():
                self._parameter(value, body)
            case vs.Computed(node=node):
                self.expression(node, body)
            case vs.Mixed(values=values):
                for each in values:
                    self._value(each, body)

    def _parameter(self, value: vs.Parameter, body: Body) -> None:
        """What a helper gives away of what it is given, or of a field of that."""
        told = self._told.get(body)
        if told is None or value.index >= len(told.arguments):
            return
        self._followed.add(body)
        path = [part for part in value.path if part not in _STEPS and not part.isdecimal()]
        if not _COUNTS & set(path):
            self._field(told.arguments[value.index], told.body, path)

    def _through(self, callee: Body, told: Told) -> bool:
        """Follow a helper; whether anything of what it is given comes out, as far as can be seen."""
        before = self._told.get(callee)
        self._told[callee] = told
        self.returned(callee)
        if before is None:
            del self._told[callee]
        else:
            self._told[callee] = before
        return callee in self._followed

    def _read(self, read: Read, path: list[str]) -> None:
        table = read.body.project.tables.get(str(read.table)) if self._without and not path else None
        if table is not None and is_personal(self._without & set(table.document.fields)):
            left = set(table.document.fields) - self._without
            self.given.fields.setdefault(id(read), set()).update(left)
        elif not path:
            self.given.whole.add(id(read))
        elif path[-1] not in _COUNTS:
            self.given.fields.setdefault(id(read), set()).add(path[0])

    def _field(self, node: n.Node, body: Body, path: list[str]) -> None:
        """What is given where only a field of what a call gives is asked for: `byId.get(id).name`."""
        if not path or path[0].isdecimal():
            self.expression(node, body)
            return
        inner = _Flow(self._depth + 1, self._told)
        inner.expression(node, body)
        for read in inner.given.whole:
            self.given.fields.setdefault(read, set()).add(path[0])
        for read, fields in inner.given.fields.items():
            self.given.fields.setdefault(read, set()).update(fields)

    def _named(self, node: n.Name, body: Body) -> None:
        before = self._without
        self._without |= left_out(node, body)
        self._value(body.value(node), body)
        self._all(body.sources(node), body)
        self._without = before
        for step in body.steps:  # what is put into it afterwards
            if isinstance(step, OtherCall) and step.name in _PUSHING and _is_on(step.node, node.name):
                self._all(step.arguments, body)

    def _part(self, node: n.Member | n.Subscript, body: Body) -> None:
        if isinstance(node, n.Member) and node.property in _COUNTS:
            return
        value = body.value(node)
        if isinstance(value, vs.Unknown | vs.Computed):
            self.expression(node.object, body)
        else:
            self._value(value, body)

    def _call(self, node: n.Call, body: Body) -> None:
        name = node.callee.property if isinstance(node.callee, n.Member) else None
        name = node.callee.name if isinstance(node.callee, n.Name) else name
        if name in _COMPUTING:
            return
        if name in _PER_ELEMENT and node.arguments:
            self._mapped(node, body)
            return
        step = body.result(node)
        if isinstance(step, Read):
            self._value(vs.Result(step), body)
            return
        if isinstance(step, HelperCall) and step.callee is not None:
            spread = any(isinstance(each, n.Spread) for each in step.arguments)
            if self._through(step.callee, Told(step.arguments, body)) and not spread:
                return
        if isinstance(node.callee, n.Member):
            self.expression(node.callee.object, body)
        self._all((part for part in node.arguments if not isinstance(part, n.Function)), body)

    def _mapped(self, node: n.Call, body: Body) -> None:
        for argument in node.arguments:
            if isinstance(argument, n.Function):
                self._all(_results(argument), body)
            elif isinstance(node.callee, n.Member):
                given = node.callee.object
                callee = _helper(argument, body)
                if callee is None or not self._through(callee, Told((given,), body)):
                    self.expression(given, body)


def _helper(argument: n.Expression, body: Body) -> Body | None:
    """The body of a function that is handed on by its name: `rows.map(shown)`."""
    at = (call.callee for call in body.calls if call.node.start == argument.start)
    return next(at, None) if isinstance(argument, n.Name) else None


def _is_on(call: n.Node, name: str) -> bool:
    """Whether a method of a variable is called."""
    match call:
        case n.Call(callee=n.Member(object=n.Name(name=called))):
            return called == name
    return False


def _parts(node: n.Node, body: Body) -> Iterator[n.Node | None]:
    """What the value of an expression holds of others."""
    match node:
        case n.Await(value=value) | n.Spread(value=value) | n.Property(value=value) | n.Assign(value=value):
            yield value
        case n.Object(properties=properties):
            paged = any(part.key == "page" for part in properties)
            yield from (part for part in properties if not (paged and _is_page(part, body)))
        case n.Array(items=items) | n.Template(parts=items):
            yield from items
        case n.Conditional(then=then, other=other):
            yield from (then, other)
        case n.Binary(operator="??" | "||", left=left, right=right):
            yield from (left, right)
        case n.Binary(operator="&&", right=right):
            yield right
        case _:
            pass


def _is_page(part: n.Property, body: Body) -> bool:
    """`...result` next to a `page` of one's own: the rest is where to go on."""
    value = body.value(part.value) if part.kind == "spread" else None
    return isinstance(value, vs.Result) and isinstance(value.step, Read) and not value.path


def _results(function: n.Function) -> Iterator[n.Node]:
    """What a function inside of the handler returns."""
    for node in walk_own(function.body):
        if isinstance(node, n.Return) and node.value is not None:
            yield node.value
