"""What a handler of errors does with them: whether it does more than log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import HelperCall, OtherCall, Use
from scaffold.model.values import Parameter
from scaffold.rules._nodes import LOGGERS, nodes_of
from scaffold.rules.transactions._risks import innermost
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.core.places import Place
    from scaffold.model.body import Body

_TELLERS = LOGGERS | {"report", "reportError", "logError", "logWarning", "logger", "capture"}


def drops(handler: n.Expression) -> bool:
    """Whether what a promise is given for its error does nothing but log."""
    match handler:
        case n.Function(body=body):
            return all(map(_is_nothing, body))
        case n.Member(property=name) | n.Name(name=name):
            return name in _TELLERS
    return False


def forgets(node: n.Try, body: Body) -> bool:
    """Whether the handler does nothing but log, itself or by a helper."""
    return all(_is_nothing(statement) or _only_logs(statement, body) for statement in node.handler)


def forgotten(body: Body | None, index: int) -> Place | None:
    """Where a helper forgets the error of a function that it is given: `try { await work(); } catch …`."""
    for step in body.steps if body is not None else ():
        if isinstance(step, OtherCall) and step.value == Parameter(index):
            tried = innermost(step)
            if tried is not None and step.use is Use.AWAITED and forgets(tried, step.body):
                return step.body.module.at(tried)
            handler = _chained(step)
            if handler is not None and drops(handler):
                return step.body.module.at(handler)
    return None


def _chained(step: OtherCall) -> n.Expression | None:
    """What a promise is given for its error right behind the call that makes it."""
    for node in nodes_of(step.body, n.Call):
        match node:
            case n.Call(callee=n.Member(object=inner, property="catch"), arguments=(handler, *_)):
                if inner is step.node:
                    return handler
    return None


def _only_logs(statement: n.Statement, body: Body) -> bool:
    """Whether a statement calls a helper of the project that does nothing but log."""
    if not isinstance(statement, n.Do):
        return False
    value = statement.value.value if isinstance(statement.value, n.Await) else statement.value
    step = body.result(value)
    if not isinstance(step, HelperCall) or step.callee is None:
        return False
    return all(map(_is_nothing, step.callee.function.body))


def _is_nothing(statement: n.Statement) -> bool:
    match statement:
        case n.Do(value=value):
            return _is_log(value)
        case n.Return(value=None) | n.Leave():
            return True
        case n.Return(value=n.Constant(value=None | "undefined" | True)):
            return True
        case n.Return(value=n.Object(properties=properties)):
            return any(_says_well(part) for part in properties)
        case n.Return(value=value, implicit=True) if value is not None:
            return _is_log(value)
        case n.Block(body=body):
            return all(map(_is_nothing, body))
        case n.If(then=then, other=other):
            return all(map(_is_nothing, (*then, *other)))
        case n.Declare(value=value):
            return not isinstance(value, n.Await)
    return False


def _says_well(part: n.Property) -> bool:
    """`ok: true`, `success: true`."""
    return (
        part.key in {"ok", "success", "done"}
        and isinstance(part.value, n.Constant)
        and part.value.value is True
    )


def _is_log(value: n.Expression) -> bool:
    match value:
        case n.Await(value=inner) | n.Unary(operator="void", value=inner):
            return _is_log(inner)
        case n.Call(callee=n.Member(property=name) | n.Name(name=name)):
            return name in _TELLERS
    return False
