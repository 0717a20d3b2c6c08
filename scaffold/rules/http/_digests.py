"""Digests of a body: whether one that is computed is ever held against something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from scaffold.core.patterns import regex
from scaffold.model.steps import Log
from scaffold.source import nodes as n
from scaffold.source.walk import holds, walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Reached
    from scaffold.model.steps import Step

_Fate: TypeAlias = Literal["dropped", "returned", "used"]
_HOLDING = n.Declare | n.Do | n.Return | n.Throw | n.If | n.Loop | n.Switch
# What only makes a digest; names with another word (`verifyHmac`, `signatureMatches`) say that they compare.
_MAKES = regex(
    r"(create|compute|generate|make|calc(ulate)?|build|derive|get|expected|to)?_?"
    r"(hmac(_?sha_?\d+)?(_?(hex|base64|digest|signature))?|signature(of|hex)?)",
    re.IGNORECASE,
)


def makes_digest(name: str) -> bool:
    """Whether a function of this name computes a digest and compares nothing, as far as it says."""
    return _MAKES.fullmatch(name) is not None


def is_held_against(reached: Reached) -> bool:
    """Whether the result of a call is put to any use, besides being dropped or logged.

    What a helper returns is followed to the helper's caller.
    """
    for step in (reached.step, *reversed(reached.via)):
        fate = _fate(step)
        if fate != "returned":
            return fate == "used"
    return True


def _fate(step: Step) -> _Fate:
    """What becomes of the value of a call, or of the chain of calls that it begins."""
    statement = min(_around(step), key=lambda each: each.end - each.start, default=None)
    match statement:
        case n.Declare(target=n.Name(name=name)) | n.Do(value=n.Assign(target=n.Name(name=name))):
            return _of_variable(name, step.body, statement)
        case n.Do(value=value) if _begins(value, step.node):
            return "dropped"
        case n.Return():
            return "returned"
    return "used"


def _around(step: Step) -> Iterator[n.Node]:
    for node in walk_all([step.body.function]):
        if isinstance(node, _HOLDING) and holds(node, step.node):
            yield node


def _begins(value: n.Node, call: n.Node) -> bool:
    """Whether an expression is a call, awaited or not, or a chain that the call begins."""
    while not (value.start == call.start and value.end == call.end):
        match value:
            case n.Await(value=inner) | n.Call(callee=n.Member(object=inner)) | n.Member(object=inner):
                value = inner
            case _:
                return isinstance(value, n.Call) and value.start == call.start
    return True


def _of_variable(name: str, body: Body, statement: n.Node) -> _Fate:
    """What becomes of a variable, logs left aside."""
    logs = [step.node for step in body.steps if isinstance(step, Log)]
    ignored = [statement, *logs]
    named = [
        node
        for node in walk_all([body.function])
        if isinstance(node, n.Name) and node.name == name and not any(holds(each, node) for each in ignored)
    ]
    if not named:
        return "dropped"
    returns = [node.value for node in walk_all([body.function]) if isinstance(node, n.Return)]
    plain = [node for node in named if any(node is value for value in returns)]
    return "returned" if len(plain) == len(named) else "used"
