"""What is done a second time when a function runs a second time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind, Reached
from scaffold.model.steps import BranchFrame, External, Get, Read, Run, Schedule, Step, Write
from scaffold.rules._nodes import EQUALITIES, walk
from scaffold.rules._ways import Way, results
from scaffold.rules.scheduling._calls import doing, is_keyed
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is written down of each request, as it should be.
_RECORDS = regex(
    r"rate_?limit|audit|attempts?$|metric|telemetry|analytics"
    r"|^(sync|hook|webhook|event|activity|request|access|error|system|debug)_?logs?$",
    re.IGNORECASE,
)


def unrepeatable(function: Function) -> Iterator[Write]:
    """Writes that a second run would do a second time."""
    read = {
        step.table
        for step in (reached.step for reached in function.reached)
        if isinstance(step, Read | Get) and isinstance(step.table, str)
    }
    for reached in function.steps(Write):
        write = reached.step
        if not isinstance(write, Write) or isinstance(write.table, vs.Unknown) or _is_told_apart(write):
            continue
        if _RECORDS.search(write.table):
            continue
        again = write.operation == "insert" and write.table not in read
        counts = write.operation in {"patch", "replace"} and _counts(write)
        if (again or counts) and not _is_first(write):
            yield write


def set_going(functions: list[Function]) -> Iterator[tuple[Step, str]]:
    """What is sent or charged by actions that are run or scheduled whatever is stored, and where they are."""
    for function in functions:
        for reached in function.reached:
            step = reached.step
            if not isinstance(step, Schedule | Run) or _hangs_on_stored(reached):
                continue
            target = step.body.project.resolve(step.target)
            for what in _sent(target) if target is not None and target.kind is Kind.ACTION else ():
                yield step, what


def _hangs_on_stored(reached: Reached) -> bool:
    """Whether a test on the way looks at what was read, or at what a function answered."""
    for step in (*reached.via, reached.step):
        for test in step.tests:
            if any(isinstance(each.step, Read | Get | Run) for each in results(test, step.body)):
                return True
    return False


def _sent(action: Function) -> Iterator[str]:
    """The calls of an action that do their work again, with no key and nothing looked up before."""
    if any(isinstance(reached.step, Run | Read | Get) for reached in action.reached):
        return
    for reached in action.reached:
        step = reached.step
        found = doing(step, reached.via) if isinstance(step, External) else None
        if found is None or found.confidence is not Confidence.HIGH or not isinstance(step, External):
            continue
        if not is_keyed(step, Way(action, reached)):
            yield found.what


def _is_first(write: Write) -> bool:
    """Whether it is written only where something was not there yet: `if (user) return`, `if (!user) …`."""
    absent = [frame.test for frame in write.frames if isinstance(frame, BranchFrame) and frame.taken]
    tests = (*write.after_exit, *(test.value for test in absent if isinstance(test, n.Unary)))
    return any(_is_stored(write, test) for test in tests)


def _is_stored(write: Write, test: n.Expression) -> bool:
    """Whether a test is a document that was read, by a helper or here."""
    if not isinstance(test, n.Name):
        return False
    return any(isinstance(each.step, Read | Get) and not each.path for each in results(test, write.body))


def _is_told_apart(write: Write) -> bool:
    """Whether the way to it compares what is stored with what came: `if (account.last === event) return`."""
    return any(_is_held_against(write, node) for test in write.tests for node in walk(test))


def _is_held_against(write: Write, node: n.Node) -> bool:
    """`account.last === event`, or `account.handled.includes(event)`."""
    match node:
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            return _stored_and_sent(write, left, right)
        case n.Call(callee=n.Member(object=kept, property="includes" | "has"), arguments=(asked,)):
            sent = any(isinstance(each, vs.Argument) for each in write.origins(asked))
            return sent and any(
                isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
                for each in write.origins(kept)
            )
    return False


def _stored_and_sent(write: Write, *compared: n.Expression) -> bool:
    sides = [write.body.value(side) for side in compared]
    stored = [
        each.path[-1]
        for each in sides
        if isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
    ]
    if any(isinstance(each, vs.Argument) for each in sides):
        return bool(stored)
    return any(isinstance(each, vs.Literal) for each in sides) and any(
        _moves_on(write, name) for name in stored
    )


def _moves_on(write: Write, name: str) -> bool:
    """Whether the same function writes the state that it was decided by: `order.status !== "pending"`."""
    documents = (step.document for step in write.body.steps if isinstance(step, Write))
    parts = (part for each in documents if isinstance(each, n.Object) for part in each.properties)
    return any(part.key == name for part in parts)


def _counts(write: Write) -> bool:
    """`{ credits: user.credits + amount }`."""
    value = write.body.value(write.document) if write.document is not None else None
    node = value.node if isinstance(value, vs.Computed) else write.document
    if not isinstance(node, n.Object):
        return False
    return any(_is_sum(write, part) for part in node.properties)


def _is_sum(write: Write, part: n.Property) -> bool:
    value = write.body.value(part.value)
    node = value.node if isinstance(value, vs.Computed) else part.value
    if not isinstance(node, n.Binary) or node.operator not in {"+", "-"}:
        return False
    found = write.origins(node)
    return any(
        isinstance(each, vs.Result) and isinstance(each.step, Read | Get) and part.key in each.path
        for each in found
    )
