"""What the rules about reads share: how much a read takes, and who reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence
from scaffold.core.patterns import regex
from scaffold.model.catalogues import is_catalogue
from scaffold.model.function import Function, Kind
from scaffold.model.growth import grows
from scaffold.model.names import given_back
from scaffold.model.steps import HelperCall, OtherCall, Read, Write
from scaffold.model.values import Closure, Result, Unknown
from scaffold.rules._nodes import nodes_of
from scaffold.rules._said import is_meant
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.schema import Table
    from scaffold.model.steps import Step
    from scaffold.model.values import Value

ORDERING = {"sort", "toSorted", "reverse", "toReversed"}
_SHOWN = 3
_DEPTH = 4
_TWICE = 2  # where it is declared, where it is copied
_CLEANS = regex(r"clean|expire|purge|prune|sweep", re.IGNORECASE)
_FILLS = regex(r"seed(?!s:|ling|er)|fixture|(?-i:(?<![a-z])e2e(?![a-z]))", re.IGNORECASE)
# What a comment says of a scan that is meant.
_SMALL = regex(
    r"\b(?:not an index\b|few (?:rows|documents|entries))"
    r"|\b(?:small|tiny) (?:table|data ?set|collection|number|list|set)\b"
    r"|\b(?:table|data ?set|collection|count|list|number|volume|set)s?\b[^.;]{0,30}\b(?:is|are|stays?)"
    r" (?:very |so |still |always |quite )?(?:small|tiny|low|limited|bounded)\b"
    r"|\b(?:scan|collect(?:\(\))?)[^.;]{0,60}\b(?:is|are) (?:fine|ok|okay|acceptable|cheap|safe)\b",
    re.IGNORECASE,
)


def scans(read: Read) -> bool:
    """Whether a read goes over a whole table or index: nothing narrows it. False when that cannot be told."""
    return (
        isinstance(read.table, str)
        and not read.system
        and not read.conditional
        and read.index_kind == "db"
        and not isinstance(read.index, Unknown)
        and read.range == ()
    )


def confidence(read: Read) -> Confidence:
    """How sure it is that a scan is not meant: a comment above the read may say that it is.

    A table that holds a list of the project's own stays as small as that.
    """
    return Confidence.MEDIUM if is_said_small(read) or is_short(read) else Confidence.HIGH


def is_filled(read: Read) -> bool:
    """Whether it is read to fill a project, or to try it out."""
    return _FILLS.search(reader(read)) is not None


def is_said_small(read: Read) -> bool:
    """Whether a comment says that a read is meant, or that it is of few."""
    return is_meant(read.body.module, read.node, _SMALL)


def may_be_short(read: Read) -> bool:
    """Whether a whole table may be no more than a short list: nothing tells that it grows.

    What fills a project to try it finds little there.
    """
    if is_short(read) or is_filled(read) or is_pruned(read):
        return True
    if not isinstance(read.table, str) or _CLEANS.search(reader(read)):
        return False
    return not grows(read.body.project, table_of(read), read.table)


def is_short(read: Read) -> bool:
    """Whether the table of a read holds a list of the project's own; not where it is cleaned up: it grows."""
    table = table_of(read)
    listed = table is not None and is_catalogue(read.body.project, table)
    return listed and not _CLEANS.search(reader(read))


def is_pruned(read: Read) -> bool:
    """Whether all but the newest few are taken out where more is added, so that few are left."""
    steps = read.body.steps
    writes = {step.operation for step in steps if isinstance(step, Write) and step.table == read.table}
    return "insert" in writes and any(
        isinstance(step, OtherCall)
        and step.name in {"slice", "splice"}
        and len(step.arguments) == 1
        and isinstance(step.node, n.Call)
        and isinstance(step.node.callee, n.Member)
        and read_behind(step.body.value(step.node.callee.object)) is read
        for step in steps
    )


def table_of(read: Read) -> Table | None:
    """The table of a read, if the schema in view has it."""
    return read.body.project.tables.get(read.table) if isinstance(read.table, str) else None


def owners(step: Step) -> tuple[Function, ...]:
    """The registered functions that come to a step, each once."""
    found = {id(function): function for function, _ in step.body.project.owners(step)}
    return tuple(found.values())


def reader(step: Step) -> str:
    """Who does it: the function that comes to a step, or the helper it stands in."""
    found = owners(step)
    if not found:
        return f"`{step.body.name or step.body.module.path}`"
    return f"`{found[0].identifier}`"


def through(step: Step) -> tuple[Evidence, ...]:
    """The functions that come to a step by way of a helper, to be shown."""
    reached = [(function, way) for function, way in step.body.project.owners(step) if way.via]
    return tuple(
        Evidence(function.place, f"`{function.identifier}` comes here through `{way.via[-1].name}`")
        for function, way in reached[:_SHOWN]
    )


def by_clients(function: Function) -> bool:
    """Whether clients can call a function; those of a component are called by the app around it."""
    return function.public and not function.module.project.component


def in_public_query(step: Step) -> bool:
    """Whether any client can cause the step by a query."""
    return any(by_clients(function) and function.kind is Kind.QUERY for function in owners(step))


def read_behind(value: Value) -> Read | None:
    """The read whose whole result a value is, put in order or given by a helper too; None for all else."""
    return _behind(value, 0) if isinstance(value, Result) and not value.path else None


def _behind(value: Value, depth: int) -> Read | None:
    if not isinstance(value, Result) or depth > _DEPTH:
        return None
    if isinstance(value.step, Read):
        return value.step
    match value.step:
        case OtherCall(name=name, node=n.Call(callee=n.Member(object=rows))) if name in ORDERING:
            whole = _of_copy(value.step.body, rows)
            return _behind(value.step.body.value(whole), depth + 1) if not value.path else None
        case HelperCall(body=body, target=Closure(node=function)):
            given = given_back(function)
            return _behind(body.value(given), depth + 1) if given is not None else None
        case HelperCall(callee=callee) if callee is not None:
            found = [_behind(callee.value(node), depth + 1) for node in callee.returns()]
            return found[0] if len(found) == 1 else None
    return None


def copied(node: n.Expression) -> n.Expression | None:
    """What a list is a copy of: `[...rows]`, `rows.slice()`."""
    match node:
        case (
            n.Array(items=(n.Spread(value=rows),))
            | n.Call(callee=n.Member(object=rows, property="slice"), arguments=())
        ):
            return rows
    return None


def _of_copy(body: Body, node: n.Expression) -> n.Expression:
    """What a copy is made of that nobody looks at but for the copy, or else the list itself."""
    rows = copied(node)
    if rows is None:
        return node
    name = rows.name if isinstance(rows, n.Name) else None
    used = sum(each.name == name for each in nodes_of(body, n.Name)) if name else 0
    return rows if used <= _TWICE else node


def collected(read: Read | None) -> bool:
    """Whether a read loads all that it goes over."""
    return read is not None and read.terminal == "collect"
