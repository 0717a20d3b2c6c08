"""Helpers that are called like a check, and of which all is in view: whether they look at the caller."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Auth, EnvRead, External, FunctionCall, HelperCall, OtherCall, Run, Throw
from scaffold.rules._nodes import nodes_of
from scaffold.rules._ways import origins
from scaffold.rules.access._arguments import AUTHORS, CALLERS, MAILS, argument_of
from scaffold.rules.access._objects import is_in_view
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Reached
    from scaffold.model.steps import Step

# Packages whose functions take a context and never look at the caller.
_BLIND = regex(
    r"^@convex-dev/(?!.*auth)|^convex-helpers|^convex(/|$)|^convex-ents|^zod|^lodash|^date-fns|^_generated/"
)
_ANSWERS = regex(r"^(?:is|has|can)(?=[A-Z])")  # what says yes or no
_FAILS = regex(
    r"^(?:assert|invariant|fail|panic|throw|raise|abort|unauth|forbid|den(?:y|ied)|redirect)", re.IGNORECASE
)
# What every context has, and says nothing about the caller.
_OFFERED = {
    "db",
    "scheduler",
    "storage",
    "runQuery",
    "runMutation",
    "runAction",
    "vectorSearch",
    "table",
    "meta",
}
_HOPS = 3


def takes_context(step: OtherCall | External | HelperCall) -> bool:
    """Whether a call that cannot be followed is handed the context, and may look at the caller."""
    if isinstance(step, HelperCall) and (step.callee is not None or isinstance(step.target, vs.Closure)):
        return False
    if isinstance(step, OtherCall) and isinstance(step.value, vs.External):
        if _BLIND.match(step.value.specifier):
            return False
    elif isinstance(step, External) and _BLIND.match(step.package):
        return False
    given = any(_is_context(each, step.body) for argument in step.arguments for each in _parts(argument))
    return given and not (isinstance(step, OtherCall) and is_in_view(step))


def _parts(argument: n.Expression) -> tuple[n.Expression, ...]:
    """What is given: an argument, or what an object holds: `getUser({ from: "convex", ctx })`."""
    if not isinstance(argument, n.Object):
        return (argument,)
    return tuple(part.value for part in argument.properties if part.kind != "spread")


def _is_context(node: n.Expression, body: Body) -> bool:
    value = body.value(node)
    return isinstance(value, vs.Context) and value.path in {(), ("auth",)}


def believes(reached: Reached, call: HelperCall, plain: frozenset[tuple[str, ...]]) -> bool:
    """Whether a helper asks only about whom or what arguments name, and all that it does is in view.

    `plain` are the arguments that everybody may know, such as ids.
    """
    if call.callee is None:
        return False
    bodies = _with_callees(call.callee)
    if any(_names_person(each, call, reached) for each in call.arguments):
        return not any(_may_ask(step) for body in bodies for step in body.steps)
    told = {each for node in call.arguments for each in origins(node, call.body, reached.via)}
    known = {each for each in told if isinstance(each, vs.Argument) and each.path in plain}
    if not known or not all(each in known or _says_nothing(each) for each in told):
        return False
    return not any(_may_ask(step) for body in bodies for step in body.steps) and all(
        _is_plain_context(each) for body in bodies for each in _contexts(body)
    )


def lets_all_pass(reached: Reached) -> bool:
    """Whether a helper is told nothing of the caller and refuses nobody: `ensureDefaultTeam(ctx)`."""
    call = reached.step
    if not isinstance(call, HelperCall) or call.callee is None or _ANSWERS.match(call.name):
        return False
    told = {each for node in call.arguments for each in origins(node, call.body, reached.via)}
    if not told or not all(map(_says_nothing, told)):
        return False
    return all(map(_is_harmless, _with_callees(call.callee)))


@lru_cache(maxsize=1024)
def _is_harmless(body: Body) -> bool:
    """Whether a body does nothing out of sight, throws nothing, and uses nothing that tells of the caller."""
    if any(_may_ask(step) or _ends(step) for step in body.steps):
        return False
    return all(map(_is_plain_context, _contexts(body)))


def _contexts(body: Body) -> Iterator[vs.Context]:
    """What a body names of the context."""
    nodes: list[n.Member | n.Name] = [*nodes_of(body, n.Member), *nodes_of(body, n.Name)]
    for node in nodes:
        value = body.value(node)
        if isinstance(value, vs.Context):
            yield value


def _ends(step: Step) -> bool:
    """Whether a step leaves with an error, as far as its name says."""
    return isinstance(step, Throw) or (
        isinstance(step, OtherCall | External | HelperCall) and _FAILS.match(step.name) is not None
    )


def _says_nothing(value: vs.Value) -> bool:
    """Whether what a helper is given says nothing of the caller: the plain context, or parts of it."""
    if isinstance(value, vs.Bundle):
        return all(_is_plain_context(part) for _, part in value.entries)
    return isinstance(value, vs.Literal) or _is_plain_context(value)


def _is_plain_context(value: vs.Value) -> bool:
    return isinstance(value, vs.Context) and (not value.path or value.path[0] in _OFFERED)


def _names_person(node: n.Expression, call: HelperCall, reached: Reached) -> bool:
    return argument_of(origins(node, call.body, reached.via), CALLERS | AUTHORS | MAILS) is not None


@lru_cache(maxsize=4096)
def _with_callees(body: Body, depth: int = _HOPS) -> tuple[Body, ...]:
    """A body, and those of the helpers that it calls."""
    found = {body: None}
    for call in body.calls if depth else ():
        if call.callee is not None:
            found |= dict.fromkeys(_with_callees(call.callee, depth - 1))
    return tuple(found)


def _may_ask(step: Step) -> bool:
    """Whether a step looks at who calls, or at a secret of the deployment, or leads out of sight."""
    if isinstance(step, OtherCall | External | HelperCall):
        return takes_context(step)
    return isinstance(step, Auth | Run | FunctionCall | EnvRead)
