"""Tests that ask what the context offers: a query's has no scheduler, an action's no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import values as vs
from scaffold.model.mixing import alternatives
from scaffold.model.steps import HelperCall, Return
from scaffold.rules._nodes import EQUALITIES
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body

_OFFERS = {"db", "scheduler", "runQuery", "runMutation", "runAction", "storage", "vectorSearch"}


def asks_context(test: n.Expression | None, body: Body) -> bool:
    """`"insert" in ctx.db`, `ctx.scheduler !== undefined`: narrowing by what the context offers."""
    match test:
        case n.Unary(operator="!", value=value):
            return asks_context(value, body)
        case n.Binary(operator="in", right=right):
            return isinstance(body.value(right), vs.Context)
        case n.Binary(operator="&&", left=left, right=right):
            return asks_context(left, body) or asks_context(right, body)
        case n.Binary(operator=operator, left=n.Unary(operator="typeof", value=left)) if (
            operator in EQUALITIES
        ):
            return _is_offer(body.value(left))
        case n.Binary(operator=operator, left=left) if operator in EQUALITIES:
            return _is_offer(body.value(left))
        case n.Name() | n.Member():
            parts = alternatives(body.value(test))
            return all(_is_offer(part) or _is_question(part, body) for part in parts)
        case n.Call():
            return any(asks_context(given, helper) for given, helper in _answer(test, body))
    return False


def _answer(test: n.Call, body: Body) -> list[tuple[n.Expression, Body]]:
    """What a helper says, and where, if it does nothing else: `isActionContext(ctx)`."""
    match test.arguments:
        case (n.Name() as asked,) if isinstance(body.value(asked), vs.Context):
            pass
        case _:
            return []
    match body.value(test):
        case vs.Result(step=HelperCall(callee=callee), path=()) if callee is not None:
            if not all(isinstance(step, Return) for step in callee.steps):
                return []
            given = callee.returns()
            return [(given[0], callee)] if len(given) == 1 else []
    return []


def _is_question(value: vs.Value, body: Body) -> bool:
    """Whether a variable holds what the context was asked: `const canWrite = "insert" in ctx.db`."""
    return (
        isinstance(value, vs.Computed) and isinstance(value.node, n.Binary) and asks_context(value.node, body)
    )


def _is_offer(value: vs.Value) -> bool:
    return isinstance(value, vs.Context) and bool(value.path) and value.path[0] in _OFFERS
