"""What a log writes: the values that show in it, and where they come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.patterns import regex
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall, Log, OtherCall
from scaffold.model.values import Computed, Mixed, Parameter, Result
from scaffold.rules._nodes import spelled
from scaffold.rules.observability._personal import personal, secret
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.project import Project
    from scaffold.model.steps import Step


Shown: TypeAlias = n.Name | n.Member | n.Call
_PRINTERS = {"stringify", "String", "inspect"}
_JOINING = {"+", "??", "||"}
_KEEPING = {"trim", "toLowerCase", "toUpperCase", "normalize", "join", "filter"}  # what shows all the same
_HOPS = 3  # loggers that call one another
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
_MASKED = regex(r"mask|redact|hash|obfuscat|anonymi|censor", re.IGNORECASE)


def written(log: Log) -> Iterator[tuple[Step, str, Shown, Shown]]:
    """The values that are logged, each with the step that names it, and what is logged there.

    The step is the log, or a call of its helper.
    """
    for argument in log.arguments:
        for key, node in _shown(argument, ""):
            yield log, key, node, node
            over = written_over(log)
            yield from ((log, word, part, node) for word, part in _put_in(log, node) if word not in over)
            for call, given in _given(log, node):
                yield call, key, given, given


def written_over(step: Step) -> frozenset[str]:
    """The keys that take the place of others' values: `{ ...request, card: "***" }`."""
    literals = (node for node in walk(step.node) if isinstance(node, n.Object))
    return frozenset(
        part.key
        for literal in literals
        if any(each.kind == "spread" for each in literal.properties)
        for part in literal.properties
        if part.key is not None
    )


def _put_in(log: Log, node: Shown) -> Iterator[tuple[str, Shown]]:
    """What stands in a text or an object that was made before, with its key.

    For example: `const link = `…?token=${token}`; console.log(link)`.
    """
    if not isinstance(node, n.Name) or is_masked(log, node):
        return
    match log.body.value(node):
        case Computed(node=n.Object() as made):
            yield from _shown(made, "")
        case Computed(node=n.Template() | n.Binary() as made):
            yield from (("", part) for _, part in _shown(made, ""))
        case Result(step=OtherCall(name=name, node=n.Call() as made), path=()) if name in _KEEPING:
            yield from (("", part) for _, part in _shown(made, ""))


def _given(step: Step, node: Shown, hops: int = _HOPS) -> Iterator[tuple[HelperCall, Shown]]:
    """What the callers of a helper gave for a parameter that it logs, or hands on to one that does."""
    value = step.body.value(node)
    if isinstance(value, Mixed):  # `fields = {}`: what was given, or else the default
        value = next(iter(value.values), value)
    if not isinstance(value, Parameter) or len(value.path) > 1 or not hops:
        return
    rest = step.body.function.parameters[value.index].rest
    for call in step.body.project.derived(_calls).get(id(step.body.function), ()):
        for argument in call.arguments[value.index : None if rest else value.index + 1]:
            part = _part(call, argument, value.path[0]) if value.path else argument
            for _, given in _shown(part, "") if part is not None else ():
                yield call, given
                if not _is_telling(given):  # who called that caller would only say the same once more
                    yield from _given(call, given, hops - 1)


def _is_telling(node: Shown) -> bool:
    """Whether a name alone says that it is personal, or a secret."""
    match node:
        case n.Name(name=name) | n.Member(property=name):
            return personal(name) or secret(name)
    return False


def _part(call: HelperCall, argument: n.Expression, name: str) -> n.Expression | None:
    """What a call gives under a name: `send({ to: user.email })`."""
    value = call.body.value(argument)
    part = part_of(value.node if isinstance(value, Computed) else argument, name)
    return part.value if part is not None else None


def _calls(project: Project) -> dict[int, list[HelperCall]]:
    """The calls of each helper, by the function that it is."""
    found: dict[int, list[HelperCall]] = {}
    for call in project.steps(HelperCall):
        if call.callee is not None:
            found.setdefault(id(call.callee.function), []).append(call)
    return found


def _shown(node: n.Expression, key: str) -> Iterator[tuple[str, Shown]]:
    """The values that a logged expression shows, each with the key that it stands under."""
    if isinstance(node, n.Name | n.Member) or (
        isinstance(node, n.Call) and (header(node) or lists_headers(node))
    ):
        yield key, node
    elif isinstance(node, n.Object):
        for part in node.properties:
            yield from _shown(part.value, part.key or "")
    else:
        for inner in _looked_through(node):
            yield from _shown(inner, key)


def _looked_through(node: n.Expression) -> tuple[n.Expression, ...]:
    """The expressions whose values show in that of an expression."""
    match node:
        case n.Template(parts=parts) | n.Array(items=parts):
            return parts
        case n.Binary(operator=operator, left=left, right=right) if operator in _JOINING:
            return left, right
        case n.Conditional(then=then, other=other):
            return then, other
        case n.Await(value=value) | n.Spread(value=value):
            return (value,)
        case n.Call(callee=n.Member(property="map"), arguments=(n.Function(body=(n.Return(value=value),)),)):
            return (value,) if value is not None else ()
        case n.Call(callee=n.Member(object=inner, property=name)) if name in _KEEPING:
            return (inner,)
        case n.Call(callee=n.Name(name=name) | n.Member(property=name), arguments=(first, *_)):
            return (first,) if name in _PRINTERS else ()
    return ()


def is_masked(step: Step, node: n.Name | n.Member) -> bool:
    """Whether its name or what makes it says that it shows no more: `maskedEmail`, `redact(email)`."""
    names = [node.name if isinstance(node, n.Name) else node.property]
    match step.body.value(node):
        case Result(step=HelperCall(name=name) | OtherCall(name=name), path=()):
            names.append(name)
    return any(map(_MASKED.search, names))


def header(node: n.Expression) -> str:
    """The name of a header with a secret that is asked for: `request.headers.get("Authorization")`."""
    match node:
        case n.Call(callee=n.Member(property="get"), arguments=(n.String(value=name),)):
            return name if name.lower() in _SECRET_HEADERS else ""
    return ""


def lists_headers(node: n.Node) -> bool:
    """`Object.fromEntries(request.headers)`; of what others answer, the headers may be shown."""
    match node:
        case n.Call(
            callee=n.Member(object=n.Name(name="Object"), property="fromEntries"), arguments=(given,)
        ):
            match given:
                case n.Call(callee=n.Member(object=inner)):  # `request.headers.entries()`
                    given = inner
            if isinstance(given, n.Member) and given.property == "headers":
                return any(word in {"request", "req"} for word in spelled(walk(given.object)))
    return False
