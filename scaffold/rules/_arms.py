"""The arms of branches: which of them leave the function, so that no run comes from there to what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import BranchFrame
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.function import Reached
    from scaffold.model.steps import Step


def left_before(first: Step, second: Step) -> bool:
    """Whether the function is left behind the first, before it comes to the second."""
    return any(
        isinstance(frame, BranchFrame) and ends(taken := arm(frame)) and not _holds(taken, second)
        for frame in first.frames
    )


def left_on_way(first: Reached, second: Reached) -> bool:
    """The same of steps in helpers: whether it is left at any level, before it comes to the second."""
    return any(
        left_before(step, other)
        for step in first.levels
        for other in second.levels
        if step.body is other.body
    )


def arm(frame: BranchFrame) -> tuple[n.Statement, ...]:
    """The statements of the arm that a frame stands for; none for expressions."""
    match frame.node:
        case n.If(then=then, other=other):
            return then if frame.taken else other
        case n.Case(body=body):
            return body
    return ()


def ends(statements: tuple[n.Statement, ...]) -> bool:
    """Whether whoever comes to the end of some statements has left the function."""
    match statements[-1:]:
        case (n.Return() | n.Throw(),):
            return True
        case (n.Block(body=body),):
            return ends(body)
        case (n.If(then=then, other=other),):
            return ends(then) and ends(other)
    return False


def _holds(statements: tuple[n.Statement, ...], step: Step) -> bool:
    return statements[0].start <= step.node.start < statements[-1].end
