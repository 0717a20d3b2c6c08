"""Filters read: which fields a filter compares with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.names import given_back, method_of
from scaffold.model.steps import HelperCall
from scaffold.model.values import Closure, Definition, Result
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body

_SWAPPED = {"eq": "eq", "gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}
_OPERATORS = {"===": "eq", "==": "eq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_TRUE = n.Constant(0, 0, value=True)
_FALSE = n.Constant(0, 0, value=False)
_OPPOSITE = {"!==": "===", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_OF_VALUES = {"length", "size"}  # of an array or a string, not a field of a document
# What `documents.filter((d) => d.done)` compares with: right if the field is a boolean that is always there.
TRUTH = (_TRUE, _FALSE)


class Condition(msgspec.Struct, frozen=True):
    """One comparison that every kept document fulfils: `operator` is that of an index range."""

    field: str
    operator: str
    value: n.Expression

    @property
    def is_of_flag(self) -> bool:
        """Whether it only asks if a field is there and true, or is not."""
        return any(self.value is truth for truth in TRUTH)


def of_query(call: n.Call) -> tuple[Condition, ...]:
    """The conditions of `.filter((q) => q.eq(q.field("a"), x))`, as far as all must hold."""
    body, name = _callback(call)
    return tuple(_query_conditions(body, name)) if body is not None and name else ()


def of_array(call: n.Call, body: Body) -> tuple[Condition, ...]:
    """The conditions of `documents.filter((d) => d.a === x)`, as far as all must hold.

    The function may have been given a name before, or be made by one of the same file: `filter(isOf(team))`.
    """
    named = body.value(call.arguments[0]) if call.arguments else None
    how = method_of(call)
    match named:
        case Closure(node):
            return of_function((node,), how)
        case Definition(module, n.Function() as node) if module is body.module:
            return of_function((node,), how)
        case Result(HelperCall(target=Definition(module, n.Function() as maker)), ()) if (
            module is body.module and isinstance(made := given_back(maker), n.Function)
        ):
            return of_function((made,), how)
    return of_function(call.arguments[:1], how)


def of_function(arguments: tuple[n.Expression, ...], how: str = "") -> tuple[Condition, ...]:
    """The conditions of a function that is given a document, as the only one of some arguments.

    `how` it is run matters for `every`, which looks for a document for which it fails, and for `flatMap`.
    """
    match arguments:
        case (n.Function(parameters=(_, *_)) as function,):
            pass
        case _:
            return ()
    fields = _Fields(function.parameters[0].pattern)
    match fields.after(function.body):
        case (n.Return(value=n.Conditional(test=test, other=n.Array(items=()))),) if how == "flatMap":
            return tuple(each for each in _array_conditions(test, fields) if not each.is_of_flag)
        case (n.Return(value=value),) if value is not None and how == "every":
            return tuple(each for each in _failed_conditions(value, fields) if not each.is_of_flag)
        case (n.Return(value=value),) if value is not None and how != "flatMap":
            return tuple(_array_conditions(value, fields))
    return ()


def of_round(
    pattern: n.Expression, body: tuple[n.Statement, ...]
) -> tuple[n.If | None, tuple[Condition, ...]]:
    """The statement that tells which documents the round of a loop is for, and its conditions.

    `if (row.a === x) { … }` around all that is done, or `if (row.a !== x) continue` before it.
    """
    fields = _Fields(pattern)
    body = fields.after(body)
    first = body[0] if body and isinstance(body[0], n.If) else None
    return first, tuple(_of_statements(body, fields))


def _of_statements(body: tuple[n.Statement, ...], fields: _Fields) -> Iterator[Condition]:
    """What is true of every document that is not passed over."""
    for number, statement in enumerate(body):
        if not isinstance(statement, n.If) or statement.other:
            return
        if _passes_over(statement.then):
            yield from _failed_conditions(statement.test, fields)
        else:
            if number == len(body) - 1:
                yield from _array_conditions(statement.test, fields)
            return


def _passes_over(then: tuple[n.Statement, ...]) -> bool:
    match then:
        case (n.Leave(kind="continue") | n.Return(value=None),):
            return True
    return False


def _callback(call: n.Call) -> tuple[n.Expression | None, str]:
    if not call.arguments or not isinstance(call.arguments[0], n.Function):
        return None, ""
    function = call.arguments[0]
    pattern = function.parameters[0].pattern if function.parameters else None
    return _returned(function), pattern.name if isinstance(pattern, n.Name) else ""


def _returned(function: n.Function) -> n.Expression | None:
    """What a function of one statement returns."""
    match function.body:
        case (n.Return(value=value),):
            return value
    return None


def _query_conditions(node: n.Expression, name: str) -> Iterator[Condition]:
    match node:
        case n.Call(callee=n.Member(object=n.Name(name=receiver), property="and")) if receiver == name:
            for argument in node.arguments:
                yield from _query_conditions(argument, name)
        case n.Call(
            callee=n.Member(object=n.Name(name=receiver), property=operator), arguments=(left, right)
        ) if receiver == name and operator in _SWAPPED:
            first, second = _query_field(left, name), _query_field(right, name)
            if first and not second:
                yield Condition(first, operator, right)
            elif second and not first:
                yield Condition(second, _SWAPPED[operator], left)


def _query_field(node: n.Expression, name: str) -> str | None:
    match node:
        case n.Call(
            callee=n.Member(object=n.Name(name=receiver), property="field"),
            arguments=(n.String(value=field),),
        ) if receiver == name:
            return field
    return None


class _Fields:
    """The names under which a callback knows its document."""

    def __init__(self, pattern: n.Expression) -> None:
        self._document = pattern.name if isinstance(pattern, n.Name) else None
        self._indexed = tuple(_names_in(pattern)) if isinstance(pattern, n.Subscript) else ()
        self._names = dict(_bound(pattern)) if isinstance(pattern, n.Object) else {}

    def after(self, body: tuple[n.Statement, ...]) -> tuple[n.Statement, ...]:
        """The statements behind those that only give fields of the document a name: `const { a } = row`."""
        for number, statement in enumerate(body):
            named = dict(self._declared(statement)) if isinstance(statement, n.Declare) else {}
            if not named:
                return body[number:]
            self._names |= named
        return ()

    def _declared(self, statement: n.Declare) -> Iterator[tuple[str, str]]:
        match statement:
            case n.Declare(kind="const", target=n.Name(name=name), value=value) if value is not None:
                field = self.path(value)
                if field:
                    yield name, field
            case n.Declare(kind="const", target=n.Object() as pattern, value=n.Name(name=name)):
                if name == self._document:
                    yield from _bound(pattern)

    def path(self, node: n.Expression) -> str | None:
        """The field that an expression reads: `d.a.b` is `a.b`."""
        match node:
            case n.Name(name=name):
                return self._names.get(name)
            case n.Member(object=n.Name(name=name), property=field) if name == self._document:
                return field
            case n.Member(object=n.Subscript() as indexed, property=field):
                return field if self._indexed and tuple(_names_in(indexed)) == self._indexed else None
            case n.Member(object=inner, property=field):
                outer = self.path(inner) if field not in _OF_VALUES else None
                return f"{outer}.{field}" if outer else None
        return None

    def touches(self, node: n.Expression) -> bool:
        """Whether an expression depends on the document."""
        own = {*self._names, *self._indexed, self._document}
        return any(isinstance(part, n.Name) and part.name in own for part in walk(node))


def _names_in(indexed: n.Subscript) -> Iterator[str]:
    """The list and the number in `rows[i]`."""
    for part in (indexed.object, indexed.index):
        if isinstance(part, n.Name):
            yield part.name


def _bound(pattern: n.Object) -> Iterator[tuple[str, str]]:
    for part in pattern.properties:
        if part.key is not None and isinstance(part.value, n.Name):
            yield part.value.name, part.key


def _array_conditions(node: n.Expression, fields: _Fields) -> Iterator[Condition]:
    match node:
        case n.Binary(operator="&&", left=left, right=right):
            yield from _array_conditions(left, fields)
            yield from _array_conditions(right, fields)
        case n.Binary(operator=sign, left=left, right=right) if sign in _OPERATORS:
            yield from _comparison(_OPERATORS[sign], left, right, fields)
        case n.Unary(operator="!", value=value):
            yield from _flag(value, fields, _FALSE)
        case _:
            yield from _flag(node, fields, _TRUE)


def _failed_conditions(node: n.Expression, fields: _Fields) -> Iterator[Condition]:
    """What is true of a document for which a test fails."""
    match node:
        case n.Binary(operator="||", left=left, right=right):
            yield from _failed_conditions(left, fields)
            yield from _failed_conditions(right, fields)
        case n.Binary(operator=sign, left=left, right=right) if sign in _OPPOSITE:
            yield from _comparison(_OPERATORS[_OPPOSITE[sign]], left, right, fields)
        case n.Unary(operator="!", value=value):
            yield from _array_conditions(value, fields)
        case _:
            yield from _flag(node, fields, _FALSE)


def _flag(node: n.Expression, fields: _Fields, truth: n.Constant) -> Iterator[Condition]:
    """That a field is there, or is not: `d.done`, `!d.done`."""
    field = fields.path(node)
    if field:
        yield Condition(field, "eq", truth)


def _comparison(
    operator: str, left: n.Expression, right: n.Expression, fields: _Fields
) -> Iterator[Condition]:
    first, second = fields.path(left), fields.path(right)
    if first and not fields.touches(right):
        yield Condition(first, operator, right)
    elif second and not fields.touches(left):
        yield Condition(second, _SWAPPED[operator], left)
