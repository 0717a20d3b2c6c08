"""Settings of the deployment that a test asks about: switches, and what is held against a setting."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import External, HelperCall, OtherCall, Test
from scaffold.rules._environment import is_of_environment, variable_of
from scaffold.rules._nodes import EQUALITIES, walk
from scaffold.rules._ways import origins
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.module import Module

# Settings that a service is reached with: whether they are there says nothing of the caller.
_NEEDED = regex(
    r"key|token|secret|password|url|uri|host|domain|endpoint|address|email|phone|number|origin|bucket|region"
    r"|model|dsn|credential|account|client|project|price|version|(?:^|_)(?:ids?|sid|from|sender|name)(?:_|$)"
    r"|(?:^|_)(?:retries|limit|max|min|timeout|interval|port|size|count|ttl|seconds|ms|minutes|hours|days|percent"
    r"|rate|currency|locale|template|channel|queue|topic|path|prefix)(?:_|$)",
    re.IGNORECASE,
)
_TIDYING = {"trim", "toLowerCase", "toUpperCase", "toString"}
_PREDICATES = {"startsWith", "endsWith", "includes", "match", "test", "has"}
_NUMBERS = {"Number", "parseInt", "parseFloat", "isNaN", "isFinite", "isInteger", "isSafeInteger"}
_SENT = (vs.Argument, vs.Parameter, vs.Context, vs.Result, vs.Unknown)  # what may come from the caller
_HOPS = 3


def asks_setting(test: Test, via: tuple[HelperCall, ...]) -> bool:
    """Whether a test asks for a switch of the deployment, or compares something with one of its settings."""
    if any(map(_is_switch, origins(test.test, test.body, via))):
        return True
    return any(_holds_against(node, body, via) for node, body in _comparisons(test))


def _holds_against(node: n.Expression, body: Body, via: tuple[HelperCall, ...]) -> bool:
    """Whether something is held against a setting, or a switch against what is written there.

    The length of a key, or how a request with it was answered, says nothing of the caller.
    """
    made_of = origins(node, body, via)
    if isinstance(node, n.Binary) and not _is_with_another(node):
        return any(is_of_environment(value) and _is_switch(value) for value in made_of)
    held = any(
        is_of_environment(value) or (_is_setting_with_default(value) and _is_with_another(node))
        for value in made_of
    )
    return held and (not isinstance(node, n.Call) or _is_given_something(node, body, via))


def _is_given_something(call: n.Call, body: Body, via: tuple[HelperCall, ...]) -> bool:
    """Whether a call asks, and of more than of settings: `safeEqual(given, process.env.KEY)`."""
    if isinstance(call.callee, n.Name) and call.callee.name == "fetch":
        return False
    if isinstance(call.callee, n.Member) and call.callee.property in _PREDICATES:
        return True
    parts = (*call.arguments, *((call.callee.object,) if isinstance(call.callee, n.Member) else ()))
    given = (origins(part, body, via) for part in parts)
    return any(
        any(isinstance(value, _SENT) for value in values) and not any(map(is_of_environment, values))
        for values in given
    )


def _is_switch(value: vs.Value) -> bool:
    """A setting that opens or closes something: `IS_TEST`, not a key that a client of a service needs."""
    name = variable_of(value)
    if name is not None:
        return _NEEDED.search(name) is None
    match value:
        case vs.Definition(module=module, node=n.Binary() | n.Unary() | n.Call() as node):
            return _is_decision(module, node)
    return False


def _is_decision(module: Module, node: n.Expression) -> bool:
    """Whether a constant of a module says yes or no by a setting: `process.env.STAGE === "test"`."""
    match node:
        case n.Unary(operator="!", value=inner) | n.Call(callee=n.Name(name="Boolean"), arguments=(inner,)):
            return _is_decision(module, inner) or _is_plain_switch(module, inner)
        case n.Binary(operator="&&" | "||", left=left, right=right):
            return _is_decision(module, left) or _is_decision(module, right)
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            sides = (module.project.resolver.evaluate(module, side) for side in (left, right))
            return not _asks_if_there(node) and any(map(is_of_environment, sides))
    return False


def _is_plain_switch(module: Module, node: n.Expression) -> bool:
    value = module.project.resolver.evaluate(module, node)
    return not isinstance(value, vs.Definition) and _is_switch(value)


def _is_setting_with_default(value: vs.Value) -> bool:
    """Whether a constant of a module is a setting, or a text in its place: `process.env.PASS ?? ""`."""
    match value:
        case vs.Definition(
            module=module, node=n.Binary(operator="??" | "||", left=left, right=n.String(value=""))
        ):
            return is_of_environment(module.project.resolver.evaluate(module, left))
    return False


def _is_with_another(node: n.Expression) -> bool:
    """Whether it compares two things that are not written there; which of some there is refuses nobody."""
    return isinstance(node, n.Binary) and not any(
        isinstance(side, n.String | n.Number | n.Constant) for side in (node.left, node.right)
    )


def _asks_if_there(node: n.Binary) -> bool:
    return any(map(_is_nothing, (node.left, node.right)))


def _is_nothing(node: n.Expression) -> bool:
    """Whether a comparison with it only asks if something is there: `undefined`, `""`, `typeof x`."""
    match node:
        case n.Constant(value=value):
            return value is not True
        case n.String(value=text):
            return not text
        case n.Unary(operator=operator):
            return operator == "typeof"
    return False


@lru_cache(maxsize=4096)
def _comparisons(test: Test) -> tuple[tuple[n.Expression, Body], ...]:
    """The comparisons and calls that a test is made of, each once.

    Without those that only ask if something is there: that a setting is there at all says nothing.
    """
    found = {
        (body, node.start, node.end): (node, body)
        for node, body in _made_of(test.test, test.body, _HOPS, set())
        if (isinstance(node, n.Call) and not _only_tidies(node) and not _only_counts(node))
        or (isinstance(node, n.Binary) and not _asks_if_there(node))
    }
    return tuple(found.values())


def _only_tidies(call: n.Call) -> bool:
    """`(process.env.API_KEY ?? "").trim()` asks nothing of a text."""
    return isinstance(call.callee, n.Member) and call.callee.property in _TIDYING and not call.arguments


def _only_counts(call: n.Call) -> bool:
    """`Number(process.env.RETRIES)`, and whether it is a number at all: nothing that callers could know."""
    match call.callee:
        case n.Name(name=name) | n.Member(object=n.Name(name="Number"), property=name):
            return name in _NUMBERS
    return False


def _made_of(
    node: n.Node, body: Body, hops: int, seen: set[tuple[Body, int, int, int]]
) -> Iterator[tuple[n.Expression, Body]]:
    """The comparisons and calls in an expression, in variables and in the answers of helpers too."""
    key = (body, node.start, node.end, hops)
    if key in seen:
        return
    seen.add(key)
    for part in walk(node):
        if isinstance(part, n.Call) or (isinstance(part, n.Binary) and part.operator in EQUALITIES):
            yield part, body
        if not hops or not isinstance(part, n.Name | n.Call):
            continue
        match body.value(part):
            case vs.Computed(node=inner) if inner is not part:
                yield from _made_of(inner, body, hops - 1, seen)
            case vs.Result(step=HelperCall(callee=callee)) if callee is not None:
                for answer in callee.returns():
                    yield from _made_of(answer, callee, hops - 1, seen)
            case vs.Result(step=OtherCall(node=n.Call() as inner) | External(node=n.Call() as inner)):
                yield inner, body
            case vs.Mixed() if isinstance(part, n.Name):
                yield from ((compared, body) for source in body.sources(part) for compared in _joined(source))


def _joined(node: n.Expression) -> Iterator[n.Binary]:
    """The comparisons that are joined to one answer: `secret !== undefined && key === secret`."""
    match node:
        case n.Binary(operator="&&" | "||", left=left, right=right):
            yield from _joined(left)
            yield from _joined(right)
        case n.Binary(operator=operator) if operator in EQUALITIES:
            yield node
