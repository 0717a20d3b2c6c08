"""What loops go over, and which of them only count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.names import given_back
from scaffold.model.steps import HelperCall, Read
from scaffold.model.values import Closure, Result
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.values import Value

_HELPERS = 3


def read_by(value: Value, depth: int = _HELPERS) -> Read | None:
    """The read that a value came from; a helper may have been asked for it and give back all of it."""
    match value:
        case Result(step=Read() as read):
            return read
        case Result(step=HelperCall(body=body, target=Closure(node=inner)), path=()) if depth:
            given = given_back(inner)
            return read_by(body.value(given), depth - 1) if given is not None else None
        case Result(step=HelperCall(callee=callee), path=()) if callee is not None and depth:
            found = [read_by(callee.value(returned), depth - 1) for returned in callee.returns()]
            return found[0] if len(found) == 1 else None
    return None


def over(node: n.Loop, body: Body) -> n.Expression | None:
    """What a loop goes over: the documents themselves in `for (const [i, row] of rows.entries())`."""
    match node.head:
        case n.Call(callee=n.Member(object=rows, property="entries" | "values"), arguments=()) if (
            node.kind == "of" and read_by(body.value(rows)) is not None
        ):
            return rows
    return node.head


def element_of(target: n.Expression) -> n.Expression:
    """What a loop over the entries of an array calls the element: the last of `[i, row]`."""
    return target.items[-1] if isinstance(target, n.Array) and target.items else target


def only_counts(node: n.Loop | n.Call) -> bool:
    """Whether a loop, or what an array runs for each element, does nothing but add one."""
    match node:
        case n.Loop(kind="of", body=(only,)):
            return _adds_one(only)
        case n.Call(callee=n.Member(property="forEach"), arguments=(n.Function(body=(only,)),)):
            return _adds_one(only)
        case n.Call(
            callee=n.Member(property="reduce"),
            arguments=(
                n.Function(
                    parameters=(n.Parameter(pattern=n.Name(name=kept)), *_), body=(n.Return(value=value),)
                ),
                _,
            ),
        ):
            return _is_one_more(value, kept)
    return False


def _adds_one(statement: n.Statement) -> bool:
    match statement:
        case n.Do(value=value) | n.Return(value=value, implicit=True):
            pass
        case _:
            return False
    match value:
        case n.Unary(operator="++", value=n.Name()):
            return True
        case n.Assign(operator="+=", target=n.Name(), value=n.Number(value=1)):
            return True
        case n.Assign(operator="=", target=n.Name(name=kept), value=sum_):
            return _is_one_more(sum_, kept)
    return False


def _is_one_more(node: n.Expression | None, kept: str) -> bool:
    match node:
        case n.Binary(operator="+", left=n.Name(name=name), right=n.Number(value=1)):
            return name == kept
        case n.Binary(operator="+", left=n.Number(value=1), right=n.Name(name=name)):
            return name == kept
    return False
