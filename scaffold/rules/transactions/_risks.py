"""Writes that are followed by something that can fail."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from scaffold.model.steps import (
    BranchFrame,
    FunctionCall,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Schedule,
    Step,
    Storage,
    Throw,
    TryFrame,
    Use,
    Write,
)
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body

_FALLIBLE = (Write, Read, Get, Run, Schedule, Storage, HelperCall, FunctionCall, OtherCall, Throw)
_THROWERS = {"parse"}
_DEPTH = 4


class Risk(msgspec.Struct, frozen=True):
    """A step of a body, and the write in it, or in what it calls, that something can fail after."""

    step: Step
    write: Step


def innermost(step: Step) -> n.Try | None:
    """The try whose handler gets the errors of a step, if there is one in its body."""
    for frame in reversed(step.frames):
        if isinstance(frame, TryFrame) and frame.part == "body" and frame.node.catches:
            return frame.node
    return None


def first_risk(steps: list[Step], start: int, depth: int = _DEPTH) -> Risk | None:
    """The first write with something behind it, or around it in a loop after `start`, that can fail."""
    for place, step in enumerate(steps):
        write = _write_in(step)
        if write is not None:
            loops = any(frame.node.start > start for frame in step.loops)
            later = (each for each in steps[place + 1 :] if not _exclude(step, each))
            if loops or any(map(_can_fail, later)):
                return Risk(step, write)
        if isinstance(step, HelperCall) and step.callee is not None and depth:
            inner = _risk_within(step.callee, depth - 1)
            if inner is not None:
                return Risk(step, inner.write)
    return None


def _exclude(first: Step, later: Step) -> bool:
    """Whether who has been at the first step cannot come to the later one: they stand in two arms."""
    for one, other in zip(first.frames, later.frames, strict=False):
        if one is other or not isinstance(one, BranchFrame):
            continue
        if isinstance(other, BranchFrame) and one.node is other.node and one.taken != other.taken:
            return True
        if isinstance(one.node, n.Case) and isinstance(other.node, n.Case) and one.node is not other.node:
            return True
        break
    arms = (frame.test for frame in first.frames if isinstance(frame, BranchFrame) and frame.taken)
    return any(test is failed for test in arms for failed in later.after_exit)


@lru_cache(maxsize=4096)
def _risk_within(body: Body, depth: int) -> Risk | None:
    """The risk among the steps whose errors leave a body."""
    return first_risk([step for step in body.steps if innermost(step) is None], 0, depth)


def _write_in(step: Step) -> Step | None:
    """The step itself if it writes, or the first write of the helper that it calls."""
    if isinstance(step, HelperCall):
        return next((each for each in _behind(step) if isinstance(each, Write)), None)
    return step if isinstance(step, Write) else None


def _can_fail(step: Step) -> bool:
    if isinstance(step, HelperCall):
        return step.callee is None or any(map(_fails_itself, _behind(step)))
    return _fails_itself(step)


def _fails_itself(step: Step) -> bool:
    if isinstance(step, OtherCall):
        return step.use is Use.AWAITED or step.name.rpartition(".")[2] in _THROWERS
    if isinstance(step, HelperCall):
        return step.callee is None
    return isinstance(step, _FALLIBLE)


def _behind(call: HelperCall) -> Iterator[Step]:
    """The steps of a helper and of those it calls, each once: helpers may call one another in a circle."""
    seen: set[Body] = set()
    pending = [call.callee]
    while pending:
        body = pending.pop()
        if body is None or body in seen:
            continue
        seen.add(body)
        for step in body.steps:
            yield step
            if isinstance(step, HelperCall):
                pending.append(step.callee)
