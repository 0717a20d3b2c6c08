"""Whether an action tries what may fail more than once, by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence
from scaffold.core.patterns import regex
from scaffold.model.steps import ClosureFrame, External, HelperCall, LoopFrame, OtherCall, TryFrame, Use
from scaffold.rules.scheduling._calls import doing
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_HELPERS = regex(
    r"^_*(?:p_?)?retry(?:ing)?(?=[A-Z_]|$)(?!Failed)"
    r"|(?:^_*w|W)ith_?[rR]etr(?:y|ies)(?=[A-Z_]|$)|(?:^_*w|W)ith(?:Exponential)?Backoff(?=[A-Z_]|$)"
)
_ATTEMPTS = regex(r"attempt|retr(?:y|ies)|^tr(?:y|ies)$", re.IGNORECASE)
_WAITED = {Use.AWAITED, Use.RETURNED, Use.COLLECTED, Use.CHAINED}
_COUNTING = {"for", "while", "do"}


def tries_again(action: Function) -> bool:
    """Whether all of an action's calls outside are made again where they fail, in a helper or a loop.

    What a package works out on the spot is no call outside: nobody waits for it.
    """
    outside = _outside(action)
    return bool(outside) and all(any(map(_is_attempt, reached.levels)) for reached in outside)


def drops_failures(action: Function) -> bool:
    """Whether nothing is made of a failure, on purpose: `try { … } catch {}` around what it does outside."""
    outside = _outside(action)
    return bool(outside) and all(
        any(map(_is_dropped, reached.levels)) and not _is_missed(reached) for reached in outside
    )


def _is_missed(reached: Reached) -> bool:
    """Whether somebody waits for what it does: a message, a payment; not for what is tidied up."""
    step = reached.step
    found = doing(step, reached.via) if isinstance(step, External) else None
    return found is not None and found.confidence is Confidence.HIGH


def _outside(action: Function) -> list[Reached]:
    return [
        reached
        for reached in action.reached
        if isinstance(reached.step, External) and (not reached.step.package or reached.step.use in _WAITED)
    ]


def _is_dropped(step: Step) -> bool:
    """Whether it stands in a `try` whose `catch` does nothing."""
    tries = (frame for frame in step.frames if isinstance(frame, TryFrame) and frame.part == "body")
    return any(frame.node.catches and not frame.node.handler for frame in tries)


def _is_attempt(step: Step) -> bool:
    """Whether a step stands in a loop over attempts, each of which may fail, or calls a helper for that."""
    if isinstance(step, HelperCall | OtherCall) and _HELPERS.search(step.name):
        return True
    caught = False
    for frame in reversed(step.frames):
        if isinstance(frame, TryFrame) and frame.part == "body":
            caught = True
        elif isinstance(frame, ClosureFrame) and frame.call is not None and _is_helper(frame.call):
            return True
        elif isinstance(frame, LoopFrame) and frame.kind in _COUNTING and _counts(frame.head):
            return caught
    return False


def _is_helper(call: n.Call) -> bool:
    """Whether a function is given to a helper that runs it again: `withRetry(() => send())`."""
    match call.callee:
        case n.Name(name=name) | n.Member(property=name):
            return _HELPERS.search(name) is not None
    return False


def _counts(head: n.Expression | None) -> bool:
    """Whether a loop ends by a number of attempts: `attempt < 3`."""
    return head is not None and any(
        isinstance(part, n.Name) and _ATTEMPTS.search(part.name) for part in walk(head)
    )
