"""What a value is to the function that a client calls, seen from the helper that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import HelperCall
from scaffold.model.values import Argument, Global, Literal, Mixed, Parameter, Unknown
from scaffold.rules._nodes import nodes_of, throws
from scaffold.source import nodes as n
from scaffold.source.walk import parts, walk

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.values import Value

_PASSED_ON = {"max", "floor", "ceil", "round", "trunc", "abs"}
_KEPT = {"??", "||", "+", "-", "*"}
_SIZES = {"<", "<=", ">", ">="}
_BELOW = {"<", "<="}
_CASTS = {"Number", "parseInt", "BigInt"}
_DEPTH = 12

Way = tuple[HelperCall, ...]


def unlimited(body: Body, node: n.Expression | None, via: Way, depth: int = 0) -> Argument | None:
    """The argument of the function that an expression is, when nothing on the way sets a limit to it."""
    if node is None or depth > _DEPTH:
        return None
    match node:
        case n.Await(value=value):
            return unlimited(body, value, via, depth + 1)
        case n.Binary(operator=operator, left=left, right=right) if operator in _KEPT:
            found = unlimited(body, left, via, depth + 1)
            return found or unlimited(body, right, via, depth + 1)
        case n.Call(arguments=arguments) if _keeps(body, node):
            every = (unlimited(body, argument, via, depth + 1) for argument in arguments)
            return next((argument for argument in every if argument is not None), None)
        case n.Call() if isinstance(step := body.result(node), HelperCall):
            return _given_back(step, via, depth)
        case n.Conditional(test=test, then=then, other=other):
            arms = [arm for arm, taken in ((then, True), (other, False)) if not caps(test, taken=taken)]
            every = (unlimited(body, arm, via, depth + 1) for arm in arms)
            return next((argument for argument in every if argument is not None), None)
        case n.Name(name=name) if name in (written := _written(body)):
            every = (unlimited(body, value, via, depth + 1) for value in written[name])
            return next((argument for argument in every if argument is not None), None)
        case n.Name() | n.Member():
            return _argument(body, node, body.value(node), via, depth)
    return None


def _given_back(call: HelperCall, via: Way, depth: int) -> Argument | None:
    """The argument that a helper gives back as it came: `(limit) => limit ?? 20`, and nothing else."""
    callee = call.callee
    returned = callee.returns() if callee is not None else ()
    if callee is None or len(returned) != 1 or nodes_of(callee, n.If) or throws(callee.function):
        return None
    return unlimited(callee, returned[0], (*via, call), depth + 1)


def caps(test: n.Expression, *, taken: bool) -> bool:
    """Whether a comparison sets a limit where it holds, or where it does not; `n > 0` alone sets none."""
    match test:
        case n.Unary(operator="!", value=value):
            return caps(value, taken=not taken)
        case n.Binary(operator="&&" | "||" as operator, left=left, right=right):
            either = (caps(left, taken=taken), caps(right, taken=taken))
            return any(either) if (operator == "&&") == taken else all(either)
        case n.Binary(operator=operator, left=left, right=n.Number()) if operator in _SIZES:
            return (operator in _BELOW) == taken or not isinstance(left, n.Name | n.Member)
        case n.Binary(operator=operator, left=n.Number(), right=n.Name() | n.Member()) if operator in _SIZES:
            return (operator in _BELOW) != taken
    return compares(test)


def compares(test: n.Node, name: str = "") -> bool:
    """Whether a test compares something by size or with a list, or what has this name."""
    return any(
        not name or any(isinstance(side, n.Name) and side.name == name for side in sides)
        for node in walk(test)
        if (sides := compared(node))
    )


def compared(node: n.Node) -> tuple[n.Expression, ...]:
    """What a comparison by size, or with a list, compares; nothing if it is none."""
    match node:
        case n.Binary(operator=operator, left=left, right=right) if operator in _SIZES:
            return left, right
        case n.Call(callee=n.Member(property="includes" | "has"), arguments=(asked,)):
            return (asked,)
    return ()


def _argument(body: Body, node: n.Expression, value: Value, via: Way, depth: int) -> Argument | None:
    if isinstance(value, Mixed):  # a parameter with a default; `options ?? {}` has nothing else
        given = [each for each in value.values if not isinstance(each, Literal | Unknown)]
        return _argument(body, node, given[0], via, depth) if len(given) == 1 else None
    if isinstance(value, Argument):
        return value
    if not isinstance(value, Parameter) or not via or value.index >= len(via[-1].arguments):
        return None
    call = via[-1]
    given_node, path = _inside(call.arguments[value.index], value.path)
    found = unlimited(call.body, given_node, via[:-1], depth + 1)
    return Argument((*found.path, *path)) if found is not None else None


def _inside(node: n.Expression, path: tuple[str, ...]) -> tuple[n.Expression, tuple[str, ...]]:
    """As far along a path as an object literal goes."""
    while path and isinstance(node, n.Object):
        part = next((part for part in node.properties if part.key == path[0]), None)
        if part is None:
            break
        node, path = part.value, path[1:]
    return node, path


def _keeps(body: Body, call: n.Call) -> bool:
    """Whether a call gives back a number without making it smaller."""
    match body.value(call.callee):
        case Global(("Math", name)):
            return name in _PASSED_ON
        case Global((name,)):
            return name in _CASTS
    return False


def _written(body: Body) -> dict[str, list[n.Expression]]:
    """The variables of a body with all values they are given; none where one of them is compared by size."""
    found: dict[str, list[n.Expression]] = {}
    pending: list[n.Node] = list(body.function.body)
    while pending:
        node = pending.pop()
        match node:
            case n.Declare(target=target, value=value):
                if isinstance(target, n.Name):
                    found.setdefault(target.name, []).extend([value] if value is not None else [])
                pending.extend([value] if value is not None else [])
                continue  # what looks like an assignment in the target is a default
            case n.Assign(target=n.Name(name=name), value=value):
                found.setdefault(name, []).append(value)
        pending.extend(parts(node))
    return {
        name: [] if len(values) > 1 and compares(body.function, name) else values
        for name, values in found.items()
    }
