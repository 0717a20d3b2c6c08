"""Values that say who calls, and the arguments and documents that values go back to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.names import given_back
from scaffold.model.steps import Auth, DbUse, Get, HelperCall, OtherCall, Read, Run, Step
from scaffold.rules._ways import origins
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.access._idle import below
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.body import Body

Via: TypeAlias = "tuple[HelperCall, ...]"
"""The calls of helpers that lead to a step."""
Roots: TypeAlias = "set[tuple[str, ...]]"
"""Arguments, or parts of them, that something hangs on."""

ALL: tuple[str, ...] = ()  # the arguments together, which each of them is a part of

SELF = regex(r"(?:user|profile|account|client|customer|person|player|patient|student)s?$", re.IGNORECASE)
_OFFERED = {"db", "scheduler", "storage", "auth"}


def tables_of(values: Iterable[vs.Value]) -> Iterator[str | vs.Unknown]:
    """The tables, known or not, of which values are fields of a document, its id left aside."""
    for value in values:
        for table, path in _documents(value):
            if path and path[-1] not in {"_id", "_creationTime", "length", "*"}:
                yield table


def _documents(value: vs.Value) -> Iterator[tuple[str | vs.Unknown, tuple[str, ...]]]:
    """The document that a value is of, and the way into it; of a helper's result, what the helper read."""
    if not isinstance(value, vs.Result):
        return
    step = value.step
    if isinstance(step, Read | Get):
        yield step.table, value.path
    elif isinstance(step, HelperCall) and step.callee is not None:
        for returned in step.callee.returns():
            inner = step.callee.value(returned)
            if isinstance(inner, vs.Result) and isinstance(inner.step, Read | Get):
                yield inner.step.table, (*inner.path, *value.path)
    elif isinstance(step, OtherCall) and value.path[:1] == ("*",):
        each = _gathered(step)
        if isinstance(each, vs.Result) and isinstance(each.step, Read | Get):
            yield each.step.table, (*each.path, *value.path[1:])


def _gathered(call: OtherCall) -> vs.Value | None:
    """What each of many is: `Promise.all(ids.map((id) => ctx.db.get(id)))`."""
    match call.node:
        case n.Call(
            callee=n.Member(object=n.Name(name="Promise"), property="all"),
            arguments=(n.Call(callee=n.Member(property="map"), arguments=(n.Function() as each,)),),
        ):
            given = given_back(each)
            return call.body.value(given) if given is not None else None
    return None


def roots_of(values: Iterable[vs.Value], via: Via) -> Roots:
    """The arguments that values hang on: of a document, those that it was found by."""
    found: Roots = set()
    seen: set[int] = set()
    waiting = [(value, via) for value in values]
    while waiting:
        value, way = waiting.pop()
        if isinstance(value, vs.Argument):
            found.add(value.path)
        elif isinstance(value, vs.Result) and id(value.step) not in seen:
            seen.add(id(value.step))
            step, before = value.step, _way_to(value.step, way)
            waiting += [
                (each, before) for node in _made_of(step) for each in origins(node, step.body, before)
            ]
    return found


def _made_of(step: Step) -> Iterator[n.Expression]:
    match step:
        case Get(id=node) if node is not None:
            yield node
        case Read():
            yield from (each.value for each in step.comparisons if each.value is not None)
        case HelperCall(arguments=arguments) | OtherCall(arguments=arguments):
            yield from arguments
        case Run(method="runQuery", arguments=node) if node is not None:
            yield node
        case DbUse(method="normalizeId", node=n.Call(arguments=(_, node))):
            yield node


def _way_to(step: Step, via: Via) -> Via:
    """The calls that lead to the body of a step, where it is a caller's."""
    return next((via[:depth] for depth, call in enumerate(via) if call.body is step.body), via)


def is_caller(value: vs.Value, via: Via) -> bool:
    """Whether a value says who calls: the identity, the user found by it, `ctx.user`."""
    seen: set[int] = set()
    waiting = [(value, via)]
    while waiting:
        value, way = waiting.pop()
        if isinstance(value, vs.Context) and value.path and value.path[0] not in _OFFERED:
            return True
        if not isinstance(value, vs.Result) or id(value.step) in seen:
            continue
        seen.add(id(value.step))
        step, before = value.step, _way_to(value.step, way)
        if _says_who(step, before):
            return True
        nodes = _found_by(step)
        waiting += [(each, before) for node in nodes for each in origins(node, step.body, before)]
    return False


def _says_who(step: Step, via: Via) -> bool:
    match step:
        case Auth():
            return True
        case OtherCall(name=name):
            return is_check_name(name)
        case HelperCall(callee=callee):
            return callee is not None and _asks(callee) and not roots_of((vs.Result(step),), via)
    return False


def _found_by(step: Step) -> list[n.Expression | None]:
    """What the document of a person was found by."""
    match step:
        case Read(table=table) if SELF.search(str(table)):
            return [each.value for each in step.comparisons]
        case Get(id=node):
            return [node]
    return []


@lru_cache(maxsize=4096)
def _asks(body: Body) -> bool:
    """Whether a helper reads the identity of the caller."""
    return any(isinstance(step, Auth) for each in below(body) for step in each.steps)
