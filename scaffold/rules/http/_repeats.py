"""What is done a second time when a function runs a second time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind, Reached
from scaffold.model.mixing import alternatives
from scaffold.model.steps import BranchFrame, External, Get, HelperCall, Read, Run, Schedule, Step, Write
from scaffold.rules._nodes import EQUALITIES, walk, written
from scaffold.rules._ways import Way, origins, results
from scaffold.rules.scheduling._calls import doing, is_keyed
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from scaffold.model.body import Body

# What is written down of each request, as it should be.
_RECORDS = regex(
    r"rate_?limit|audit|attempts?$|metric|telemetry|analytics|activit(?:y|ies)$"
    r"|^(sync|hook|webhook|event|activity|request|access|error|system|debug)_?logs?$",
    re.IGNORECASE,
)
# How often something went wrong or was tried, which nobody pays by.
_TALLIES = regex(r"^(?:fail(?:ure|ed)?|error|attempt|retry|retries)s?_?counts?$", re.IGNORECASE)
_DEPTH = 3  # helpers that hand on what another one reads; variables that stand for one another


def unrepeatable(function: Function, looked_up: AbstractSet[str]) -> Iterator[tuple[Write, str]]:
    """Writes that a second run would do a second time, and what they do.

    `looked_up`: the tables that whoever runs it looked into first.
    """
    read = _read(function) | looked_up
    for reached in function.steps(Write):
        write = reached.step
        if not isinstance(write, Write) or isinstance(write.table, vs.Unknown) or _is_told_apart(reached):
            continue
        if _RECORDS.search(write.table) or _is_used_up(function, reached):
            continue
        if write.operation == "insert":
            deed = "inserts into" if write.table not in read else None
        else:
            deed = _grows(write, reached.via) if write.operation in {"patch", "replace"} else None
        if deed is not None and not any(map(_is_first, (*reached.via, write))):
            yield write, deed


def looked_up_first(functions: list[Function]) -> dict[str, set[str]]:
    """The tables in which nothing was found each time that a function is run: by its identifier."""
    found: dict[str, set[str]] = {}
    for reached in (each for function in functions for each in function.steps(Run)):
        step = reached.step
        target = step.body.project.resolve(step.target) if isinstance(step, Run) else None
        if target is not None:
            tables = set().union(*map(_lacked, reached.levels))
            found[target.identifier] = found.get(target.identifier, tables) & tables
    return found


def _lacked(step: Step) -> set[str]:
    """The tables of queries that had to find nothing for a step: `if (await ctx.runQuery(…)) return`."""
    found: set[str] = set()
    for test in _absent(step):
        for each in results(test, step.body) if isinstance(test, n.Name) else ():
            if isinstance(each.step, Run) and not each.path:
                query = each.step.body.project.resolve(each.step.target)
                found |= _read(query) if query is not None else set()
    return found


def _read(function: Function) -> set[str]:
    steps = (reached.step for reached in function.reached)
    return {step.table for step in steps if isinstance(step, Read | Get) and isinstance(step.table, str)}


def _is_used_up(function: Function, reached: Reached) -> bool:
    """Whether it is made of documents without which it ends, and that go with it: a cart that is ordered."""
    needed = {
        value.step.table
        for step in reached.levels
        for test in step.after_exit
        for value in results(test, step.body)
        if isinstance(value.step, Read)
    }
    writes = (each.step for each in function.steps(Write)) if needed else ()
    return any(
        isinstance(each, Write) and each.operation == "delete" and each.table in needed for each in writes
    )


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
    for step in reached.levels:
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


def _is_first(step: Step) -> bool:
    """Whether it is written only where something was not there yet: `if (user) return`, `if (!user) …`."""
    return any(_is_stored(step, test) for test in _absent(step))


def _absent(step: Step) -> Iterator[n.Expression]:
    """What was not there on the way to a step."""
    yield from step.after_exit
    for frame in step.frames:
        match frame:
            case BranchFrame(test=n.Unary(operator="!", value=value), taken=True):
                yield value
            case BranchFrame(test=n.Name() as name, taken=False):
                yield name


def _is_stored(step: Step, test: n.Expression) -> bool:
    """Whether a test is a document that was read, by a helper or here."""
    if not isinstance(test, n.Name):
        return False
    return any(isinstance(each.step, Read | Get) and not each.path for each in results(test, step.body))


def _is_told_apart(reached: Reached) -> bool:
    """Whether the way to it compares what is stored with what came: `if (account.last === event) return`."""
    return any(
        _is_held_against(step, node)
        for step in reached.levels
        for test in step.tests
        for node in _asked(test, step.body)
    )


def _asked(test: n.Expression, body: Body, depth: int = _DEPTH) -> Iterator[n.Node]:
    """What stands in a test, and in what the variables in it were given."""
    for node in walk(test):
        yield node
        for source in body.sources(node) if isinstance(node, n.Name) and depth else ():
            yield from _asked(source, body, depth - 1)


def _is_held_against(step: Step, node: n.Node) -> bool:
    """`account.last === event`, or `account.handled.includes(event)`."""
    match node:
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            return _stored_and_sent(step, left, right)
        case n.Call(callee=n.Member(object=kept, property="includes" | "has"), arguments=(asked,)):
            sent = any(isinstance(each, vs.Argument) for each in step.origins(asked))
            return sent and any(
                isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
                for each in step.origins(kept)
            )
    return False


def _stored_and_sent(step: Step, *compared: n.Expression) -> bool:
    sides = [step.body.value(side) for side in compared]
    stored = [
        each.path[-1]
        for each in sides
        if isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
    ]
    if any(isinstance(each, vs.Argument) for each in sides):
        return bool(stored)
    words = (all(isinstance(part, vs.Literal) for part in alternatives(each)) for each in sides)
    return any(words) and any(_moves_on(step, name) for name in stored)


def _moves_on(step: Step, name: str) -> bool:
    """Whether the same function writes the state that it was decided by: `order.status !== "pending"`."""
    documents = (each.document for each in step.body.steps if isinstance(each, Write))
    parts = (part for each in documents if isinstance(each, n.Object) for part in each.properties)
    return any(part.key == name for part in parts)


def _grows(write: Write, via: tuple[HelperCall, ...]) -> str | None:
    """What a patch does that makes more of what is stored: `{ credits: user.credits + amount }`."""
    node = written(write.document, write.body)
    return next(_growing(write, via, node), None) if isinstance(node, n.Object) else None


def _growing(write: Write, via: tuple[HelperCall, ...], literal: n.Object) -> Iterator[str]:
    for part in literal.properties:
        if part.key is not None and _TALLIES.search(part.key):
            continue
        match written(part.value, write.body):
            case n.Object() as inner:
                yield from _growing(write, via, inner)
            case n.Binary(operator="+" | "-"):
                if any(_is_part(each, part.key) for each in origins(part.value, write.body, via)):
                    yield "counts up in"
            case n.Array(items=items) if len(items) > 1:
                if any(isinstance(each, n.Spread) and _is_list(write, each.value, part) for each in items):
                    yield "adds to a list in"


def _is_list(write: Write, node: n.Expression, part: n.Property) -> bool:
    """Whether a list is the one that is stored under this name, whole."""
    value = write.body.value(node)
    return any(_is_part(each, part.key) for each in alternatives(value))


def _is_part(value: vs.Value, key: str | None) -> bool:
    """Whether a value is what is stored under a name."""
    return isinstance(value, vs.Result) and key in value.path and _is_document(value.step)


def _is_document(step: Step, depth: int = _DEPTH) -> bool:
    """Whether a step gives what is stored: it reads, or calls a helper that gives what it reads."""
    if isinstance(step, Read | Get):
        return True
    if not isinstance(step, HelperCall) or step.callee is None or not depth:
        return False
    return any(
        isinstance(each, vs.Result) and not each.path and _is_document(each.step, depth - 1)
        for returned in step.callee.returns()
        for each in step.callee.origins(returned)
    )
