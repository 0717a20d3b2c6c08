"""Which table a document id belongs to, told from validators, annotations and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import collected
from scaffold.model import steps as s
from scaffold.model.values import (
    Argument,
    Closure,
    Computed,
    Global,
    Literal,
    Mixed,
    Parameter,
    Result,
    Unknown,
)
from scaffold.source import nodes as n
from scaffold.source.walk import walk_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.validators import Validator
    from scaffold.model.values import Value

    Table = str | Unknown

_ID = regex(r"^(?:Generic)?Id<\s*[\"'](\w+)[\"']\s*>$")
_DOCUMENT = regex(r"^Doc<\s*[\"'](\w+)[\"']\s*>$")
_UNKNOWN = Unknown("the table of the id cannot be told")
# `args.id as Id<"rooms">`: casts are no part of the tree, they are read behind what they cast.
_CAST = regex(
    rb"(?:\s+as\s+(?:any|unknown|never|string))*\s+as\s+(?:import\([^()]*\)\.)?Id<\s*[\"'](\w+)[\"']\s*>"
)
_ELEMENT = collected.ELEMENT
_GATHERING = (Global(("Promise", "all")), Global(("Array", "from")))
_DEEP = 12  # steps into what an id stands in
_ELEMENTS = {_ELEMENT, "page", "0"}
# Functions of arrays that give an array of the same elements, or one of them.
_KEEPING = {"filter", "slice", "sort", "toSorted", "reverse", "toReversed", "splice", "toSpliced"}
_PICKING = {"find", "findLast", "at", "pop", "shift"}


def literal(body: Body, node: n.Expression | None) -> Table:
    """A table's name that is written out."""
    value = body.value(node)
    if isinstance(value, Literal) and isinstance(value.value, str):
        return value.value
    return Unknown("the table's name is computed")


def table_of(body: Body, node: n.Expression | None) -> Table:
    """The table of an id."""
    if node is None:
        return _UNKNOWN
    given = body.sources(node) if isinstance(node, n.Name) else ()
    casts = [table for each in (node, *given) for table in _cast(body, each)]
    if casts:
        return _one(casts)
    search = _Search()
    listed = [table for each, way in collected.elements(body, node) for table in search.at(body, each, way)]
    found = _one(listed or search.of(body, body.value(node)))
    if isinstance(found, Unknown) and given:
        return _one(table for each in given for table in search.at(body, each, ()))
    return found


def _cast(body: Body, node: n.Expression) -> Iterator[str]:
    """The table that an expression is said to be of where it stands."""
    match = _CAST.match(body.module.lines.source, node.end)
    if match is not None:
        yield match[1].decode()


def _one(found: Iterable[Table]) -> Table:
    tables = set(found)
    return tables.pop() if len(tables) == 1 else _UNKNOWN


class _Search:
    """Finds the tables that an id can be of. null is passed over, and what leads back to what is asked."""

    def __init__(self) -> None:
        self._asked: set[tuple[int, tuple[str, ...], int]] = set()
        self._callers: dict[Body, s.HelperCall] = {}  # by which a helper was come to

    def of(self, body: Body, value: Value) -> Iterator[Table]:
        match value:
            case Literal(None) | Computed(n.Array(items=())):
                pass
            case Argument(path) if body.arguments is not None:
                yield _of_validator(_descend(body.arguments, path))
            case Parameter(index, path):
                yield from self._of_parameter(body, index, path)
            case Result(step, path):
                if self._is_new(step.body, step.node, path):
                    yield from self._of_result(step, path)
            case Mixed(values):
                for part in values:
                    yield from self.of(body, part)
            case Computed(n.Call(callee=n.Name(name="Set"), arguments=(items,)) as node):
                # The way into a set is lost; an id is always an element of it.
                if self._is_new(body, node, ()):
                    yield from self.at(body, items, (_ELEMENT,))
            case _:
                yield _UNKNOWN

    def _is_new(self, body: Body, node: n.Node, path: tuple[str, ...]) -> bool:
        """Whether it was not asked for yet, by who came to the body; who calls itself goes ever deeper."""
        key = (id(node), path, id(self._callers.get(body)))
        is_new = key not in self._asked and len(path) <= _DEEP
        self._asked.add(key)
        return is_new

    def at(self, body: Body, node: n.Expression, path: tuple[str, ...]) -> Iterator[Table]:
        """The tables that an id can be of to which a way leads from an expression."""
        match node:
            case n.Conditional(then=then, other=other):
                yield from self.at(body, then, path)
                yield from self.at(body, other, path)
            case n.Subscript(object=listed):
                yield from self.at(body, listed, (_ELEMENT, *path))
            case n.Name() if path[:1] == (_ELEMENT,) and (put := collected.put_into(body, node)):
                for each in put:
                    yield from self.at(body, each, path[1:])
            case _:
                value = body.value(node)
                if value != Literal(None):
                    yield from self.of(body, body.source(value, path))

    def _of_parameter(self, body: Body, index: int, path: tuple[str, ...]) -> Iterator[Table]:
        """What is told of a parameter where it stands, or else what the helper is given here."""
        table = _of_parameter(body, index, path)
        call = self._callers.get(body)
        if isinstance(table, str) or call is None or not _is_given(call, index):
            yield table
        elif self._is_new(call.body, call.node, ("given", str(index), *path)):
            yield from self.at(call.body, call.arguments[index], path)

    def _of_result(self, step: s.Step, path: tuple[str, ...]) -> Iterator[Table]:
        match step:
            case s.HelperCall() if (given := _given(step)) is not None:
                yield from self._of_helper(step, given, path)
            case s.Write(operation="insert", table=table) if not path:
                yield table
            case s.DbUse(method="normalizeId", node=n.Call(arguments=(named, *_))) if not path:
                yield literal(step.body, named)
            case s.Auth(how="getAuthUserId" | "getUserId") if not path:  # of Convex Auth
                yield "users"
            case s.Read(table=str(table)) | s.Get(table=str(table)):
                while path and path[0] in _ELEMENTS:
                    path = path[1:]
                yield _field(step.body, table, path)
            case s.OtherCall(node=n.Call() as call):
                yield from self._of_call(step, call, path)
            case _:
                yield _UNKNOWN

    def _of_helper(
        self, call: s.HelperCall, given: list[tuple[Body, n.Expression]], path: tuple[str, ...]
    ) -> Iterator[Table]:
        """What a helper gives, where its parameters are what it is given by this call."""
        helper = given[0][0] if given else call.body
        before = self._callers.get(helper)
        if helper is not call.body:
            self._callers[helper] = call
        for body, returned in given:
            yield from self.at(body, returned, path)
        if before is None:
            self._callers.pop(helper, None)
        else:
            self._callers[helper] = before

    def _of_call(self, step: s.OtherCall, call: n.Call, path: tuple[str, ...]) -> Iterator[Table]:
        """What a function of arrays gives."""
        body, is_element = step.body, path[:1] == (_ELEMENT,)
        match call:
            case n.Call(callee=n.Member(object=receiver, property=name)) if name in _KEEPING and is_element:
                yield from self.at(body, receiver, path)
            case n.Call(callee=n.Member(object=receiver, property=name)) if name in _PICKING:
                yield from self.at(body, receiver, (_ELEMENT, *path))
            case n.Call(callee=n.Member(object=receiver, property="reduce"), arguments=(_,)):
                yield from self.at(body, receiver, (_ELEMENT, *path))
            case n.Call(callee=n.Member(object=receiver, property="flat"), arguments=()) if is_element:
                yield from self.at(body, receiver, (_ELEMENT, *path))
            case n.Call(callee=n.Member(property="map"), arguments=(n.Function() as made,)) if is_element:
                yield from self._of_returned(body, made, path[1:])
            case n.Call(callee=n.Member(property="flatMap"), arguments=(n.Function() as made,)) if is_element:
                yield from self._of_returned(body, made, path)
            case n.Call(arguments=(items,)) if _holds_the_same(step.value) and is_element:
                yield from self.at(body, items, path)
            case _:
                yield from self._of_global(step, call, path)

    def _of_global(self, step: s.OtherCall, call: n.Call, path: tuple[str, ...]) -> Iterator[Table]:
        """What a function gives that is there everywhere, or a method of what one made."""
        body, is_element = step.body, path[:1] == (_ELEMENT,)
        match step.value, call.arguments:
            case Global(("Promise", "allSettled")), (items,) if path[:2] == (_ELEMENT, "value"):
                yield from self.at(body, items, (_ELEMENT, *path[2:]))
            case Global(("Object", "groupBy")), (items, _) if is_element:
                yield from self.at(body, items, path[1:])
            case Global(("Object", "values")), (listed,) if is_element:
                yield from self.at(body, listed, path)
            case Global(("Map",)), () if is_element and path[1:2]:
                yield from self._all(body, collected.of_pairs(body, call, path))
            case Global(("Set",)), () if is_element:
                yield from self._all(body, ((each, path[1:]) for each in collected.of_set(body, call)))
            case _:
                yield from self._all(body, collected.of_map(body, call, path))

    def _all(self, body: Body, found: Iterable[tuple[n.Expression, tuple[str, ...]]]) -> Iterator[Table]:
        """The tables of what something was filled with; of nothing they are unknown."""
        ways = list(found)
        for node, way in ways:
            yield from self.at(body, node, way)
        if not ways:
            yield _UNKNOWN

    def _of_returned(self, body: Body, made: n.Function, path: tuple[str, ...]) -> Iterator[Table]:
        for node in walk_own(made.body):
            if isinstance(node, n.Return) and node.value is not None:
                yield from self.at(body, node.value, path)


def _given(call: s.HelperCall) -> list[tuple[Body, n.Expression]] | None:
    """What a helper gives, or a function within the own one, and where that stands; None out of sight."""
    if isinstance(call.target, Closure):
        returns = (node for node in walk_own(call.target.node.body) if isinstance(node, n.Return))
        return [(call.body, node.value) for node in returns if node.value is not None] or None
    if call.callee is None or call.callee is call.body:
        return None
    return [(call.callee, returned) for returned in call.callee.returns()]


def _is_given(call: s.HelperCall, index: int) -> bool:
    """Whether a call gives a parameter an argument of its own."""
    before = call.arguments[: index + 1]
    return len(before) > index and not any(isinstance(each, n.Spread) for each in before)


def _holds_the_same(callee: Value) -> bool:
    """Whether a call gives the elements of what it is given."""
    return callee in (*_GATHERING, Global(("Set",)), Global(("Map",)))


def _of_validator(validator: Validator | None) -> Table:
    """The table of an id, or of the one kind of id in a union (`v.union(v.id("users"), v.null())`)."""
    if validator is None:
        return _UNKNOWN
    if validator.kind == "id":
        return validator.table or _UNKNOWN
    tables = {_of_validator(member) for member in validator.members if member.kind != "null"}
    return tables.pop() if len(tables) == 1 else _UNKNOWN


def _of_parameter(body: Body, index: int, path: tuple[str, ...]) -> Table:
    annotation, path = body.module.typed(body.function.parameters[index].annotation, path)
    match = (_DOCUMENT if path else _ID).match(annotation)
    if match is None:
        return _UNKNOWN
    return _field(body, match[1], path) if path else match[1]


def _field(body: Body, table: str, path: tuple[str, ...]) -> Table:
    """The table that a field of a document points to; `_id` points to its own."""
    if path == ("_id",):
        return table
    known = body.project.tables.get(table)
    return _of_validator(_descend(known.document, path)) if known and path else _UNKNOWN


def _descend(validator: Validator | None, path: tuple[str, ...]) -> Validator | None:
    """The validator at a path; `*` goes into an array."""
    for name in path:
        if validator is None:
            return None
        validator = validator.element if name == "*" else validator.fields.get(name)
    return validator
