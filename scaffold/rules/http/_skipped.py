"""Checks of a request that its sender, or a setting that is not there, leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model import values as vs
from scaffold.model.steps import BranchFrame, Test
from scaffold.rules._environment import variable_of
from scaffold.rules._ways import origins
from scaffold.rules.http._headers import is_header
from scaffold.source import nodes as n
from scaffold.source.walk import operands

if TYPE_CHECKING:
    from collections.abc import Collection

    from scaffold.model.body import Body
    from scaffold.model.function import Reached
    from scaffold.model.steps import Step


class Choice(msgspec.Struct, frozen=True, eq=False):
    """What a check hangs on: whether a header, or a setting of the deployment, is there."""

    found: frozenset[vs.Value]
    sent: bool
    node: n.Node
    """The branch, or the test itself that lets everybody pass."""


def choice(check: Reached) -> Choice | None:
    """What has to be there for a check to be made, where the handler goes on if it is not."""
    first = check.levels[0]
    for frame in first.frames:
        if isinstance(frame, BranchFrame) and frame.taken and not _has_other(frame.node):
            found = _asked(frame.test, first.body)
            if found is not None:
                return Choice(*found, frame.node)
    if isinstance(first, Test) and first.exits:
        return _in_test(first)
    return None


def _has_other(node: n.Node) -> bool:
    return isinstance(node, n.Conditional) or (isinstance(node, n.If) and bool(node.other))


def _in_test(test: Test) -> Choice | None:
    """`if (secret && header !== secret) return`: whoever comes while there is no secret passes."""
    match test.test, test.node:
        case n.Binary(operator="&&", left=left), n.If(other=()) as branch:
            found = _asked(left, test.body)
            return Choice(*found, branch) if found is not None else None
    return None


def _asked(test: n.Expression, body: Body) -> tuple[frozenset[vs.Value], bool] | None:
    """The header or the setting of which a test only asks if it is there, and whether it is a header."""
    match test:
        case n.Binary(operator="&&", left=left, right=right):
            return _asked(left, body) or _asked(right, body)
        case n.Name() | n.Member() | n.Call():
            found = frozenset(each for each in origins(test, body, ()) if not isinstance(each, vs.Literal))
            if found and all(map(is_header, found)):
                return found, True
            if found and all(variable_of(each) is not None for each in found):
                return found, False
    return None


def is_without(effect: Reached, choices: Collection[Choice]) -> bool:
    """Whether something is done where what the checks hang on is missing."""
    first = effect.levels[0]
    around = {id(frame.node) for frame in first.frames if isinstance(frame, BranchFrame)}
    return not any(id(each.node) in around or _is_demanded(each, first) for each in choices)


def _is_demanded(choice: Choice, step: Step) -> bool:
    """Whether nobody comes to a step without what a check hangs on: `if (!signature) return …` before it."""
    return any(
        isinstance(part, n.Unary)
        and part.operator == "!"
        and not choice.found.isdisjoint(origins(part.value, step.body, ()))
        for test in step.after_exit
        for part in operands(test, "||")
    )
