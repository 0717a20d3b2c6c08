"""Whether a webhook looks at which event it is told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.names import bound_in
from scaffold.model.steps import Get, Log, Read, Run, Schedule, Step, Write
from scaffold.rules._nodes import nodes_of, spelled, walk
from scaffold.rules.access._promised import is_log
from scaffold.source import nodes as n
from scaffold.source.walk import holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function

_KNOWS = regex(
    r"event_?id|deliveries|(?:hook|event|x-)[\w-]*deliver|deliver(?:y|ed)?[-_]?(?:id|key|guid|log)|^delivery$|de-?dup|idempot|processed|alreadyh|claim|message_?id|request-?id"
    r"|external_?id|seen|(?<!send)(?<!mail)receipt(?!_?(url|number|email|link|pdf))|nonce|duplicate|webhookEvents",
    re.IGNORECASE,
)
# The id that Svix signs with the body: who verifies names it too, so it counts where it is handed on.
_SIGNED = regex(r"(svix|webhook)[-_]?id", re.IGNORECASE)


def knows_events(function: Function) -> bool:
    """Whether a function names the id of an event, or what it has handled, other than in a log."""
    bodies = {id(reached.step.body): reached.step.body for reached in function.reached}
    idle = [part for reached in function.reached for part in _idle(reached.step)]
    return any(
        _KNOWS.search(word)
        for body in bodies.values()
        for word in spelled(_without(walk(body.function), [part for by, part in idle if by is body]))
    )


def _without(nodes: Iterable[n.Node], left_out: Collection[n.Node]) -> Iterator[n.Node]:
    for node in nodes:
        if not any(holds(each, node) for each in left_out):
            yield node


def _idle(step: Step, read: Collection[str | vs.Unknown] | None = None) -> Iterator[tuple[Body, n.Node]]:
    """What is only logged, or handed to a function that never looks at it."""
    if isinstance(step, Log):
        yield step.body, step.node
    elif isinstance(step, Run | Schedule) and isinstance(step.arguments, n.Object):
        target = step.body.project.resolve(step.target)
        if target is not None and target.body is not None:
            for part in step.arguments.properties:
                if part.key is None or not _KNOWS.search(part.key):
                    continue
                if not _looks_at(target.body, part.key, read):
                    yield step.body, part


def only_stored(functions: list[Function]) -> bool:
    """Whether the id of an event is written down at most, where nothing on the way ever reads it."""
    steps = [reached.step for function in functions for reached in function.reached]
    if any(isinstance(step, Run) and step.body.project.resolve(step.target) is None for step in steps):
        return False
    read = [step.table for step in steps if isinstance(step, Read | Get)]
    if not all(isinstance(table, str) for table in read):
        return False
    return not any(_asks_for(body, read) for body in dict.fromkeys(step.body for step in steps))


def _asks_for(body: Body, read: Collection[str | vs.Unknown]) -> bool:
    """Whether a body does more with the id of an event than to store it, log it, or hand it on for that."""
    idle: list[n.Node] = list(_stored(body, read))
    for step in body.steps:
        idle += [part for by, part in _idle(step, read) if by is body]
    for part in nodes_of(body, n.Declare):
        if any(map(_KNOWS.search, spelled(walk(part)))) and not _is_used(body, part, idle):
            idle.append(part)
    return any(map(_KNOWS.search, spelled(_without(walk(*body.function.body), idle))))


def _stored(body: Body, read: Collection[str | vs.Unknown]) -> Iterator[n.Node]:
    """The writes of a body to tables that nobody reads."""
    for step in body.steps:
        if isinstance(step, Write) and step.operation == "insert" and step.table not in read:
            yield step.node


def _is_used(body: Body, declared: n.Declare, idle: Collection[n.Node]) -> bool:
    names = bound_in(declared.target)
    nodes = _without(walk(*body.function.body), [declared, *idle])
    return any(isinstance(node, n.Name) and node.name in names for node in nodes)


def _looks_at(body: Body, argument: str, read: Collection[str | vs.Unknown] | None) -> bool:
    """Whether a handler mentions one of its arguments, or does something with all of them.

    To store it in a table that is not among those that are `read` does not count.
    """
    parameters = body.function.parameters[1:2]
    stored = list(_stored(body, read)) if read is not None else []
    nodes = list(_without(walk(*body.function.body), stored))
    if argument in spelled(nodes):
        return True
    match parameters:
        case (n.Parameter(pattern=n.Name(name=whole)),):
            asked = {node.object.start for node in nodes if isinstance(node, n.Member)}
            return any(
                isinstance(node, n.Name) and node.name == whole and node.start not in asked for node in nodes
            )
        case (n.Parameter(pattern=n.Object(properties=properties)),):
            return any(part.kind == "spread" or _is_renamed(part, argument) for part in properties)
    return True


def _is_renamed(part: n.Property, argument: str) -> bool:
    return part.key == argument and not (isinstance(part.value, n.Name) and part.value.name == argument)


def never_kept(functions: list[Function]) -> bool:
    """Whether an event is looked for in a table that nothing on the way writes to, so that none is found."""
    steps = [reached.step for function in functions for reached in function.reached]
    sought = {step.table for step in steps if isinstance(step, Read) and _seeks_event(step)}
    if not sought or not all(isinstance(table, str) for table in sought):
        return False
    if any(isinstance(step, Run) and step.body.project.resolve(step.target) is None for step in steps):
        return False
    return not any(isinstance(step, Write) and _may_keep(step, sought) for step in steps)


def only_noted(functions: list[Function]) -> bool:
    """Whether each event that is found again is logged at most, and worked on all the same."""
    reads = {
        id(reached.step): reached.step
        for function in functions
        for reached in function.reached
        if isinstance(reached.step, Read) and _seeks_event(reached.step)
    }
    return bool(reads) and all(map(_is_only_noted, reads.values()))


def _is_only_noted(read: Read) -> bool:
    found = next((part for part in walk(read.body.function) if _declares(part, read)), None)
    if not isinstance(found, n.Declare) or not isinstance(found.target, n.Name):
        return False
    aside = [found.target, *_aside(read)]
    return not any(
        isinstance(node, n.Name) and node.name == found.target.name
        for node in _without(walk(*read.body.function.body), aside)
    )


def _declares(part: n.Node, read: Read) -> bool:
    """Whether a variable is given what is read."""
    value = part.value if isinstance(part, n.Declare) else None
    return value is not None and holds(value, read.node)


def _aside(read: Read) -> Iterator[n.Node]:
    """Where what was found may be named though nothing comes of it: in logs, and where it is kept."""
    kept = [step.node for step in read.body.steps if isinstance(step, Write) and step.table == read.table]
    yield from kept
    for part in walk(read.body.function):
        arms = (*part.then, *part.other) if isinstance(part, n.If) else ()
        if is_log(part) or (arms and all(_is_aside(each, kept) for each in arms)):
            yield part


def _is_aside(statement: n.Node, kept: Collection[n.Node]) -> bool:
    return is_log(statement) or (isinstance(statement, n.Do) and any(holds(statement, node) for node in kept))


def _seeks_event(read: Read) -> bool:
    fields = (str(each.field) for each in read.comparisons)
    return any(map(_KNOWS.search, (str(read.table), *fields)))


def _may_keep(write: Write, sought: Collection[str | vs.Unknown]) -> bool:
    if not isinstance(write.table, str) or write.table in sought:
        return True
    if write.document is None:
        return False
    whole = not isinstance(write.document, n.Object) or any(
        part.kind == "spread" for part in write.document.properties
    )
    return whole or any(map(_KNOWS.search, spelled(walk(write.document))))


def hands_on_id(handler: Function) -> bool:
    """Whether the id that was signed goes to what the handler runs."""
    given = (
        (step, part.value)
        for step in (reached.step for reached in handler.reached)
        if isinstance(step, Run | Schedule) and isinstance(step.arguments, n.Object)
        for part in step.arguments.properties
    )
    return any(_SIGNED.search(word) for step, node in given for word in _words(step, node))


def _words(step: Run | Schedule, node: n.Expression) -> Iterator[str]:
    """The words of an expression, and the texts that it is made of."""
    yield from spelled(walk(node))
    yield from (str(each.value) for each in step.origins(node) if isinstance(each, vs.Literal))
