"""Loops over all documents of a table that do something with some of them only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.rounds import element_of
from scaffold.model.steps import LoopFrame, Read, Test
from scaffold.rules._nodes import is_left
from scaffold.rules.data import _predicates as predicates
from scaffold.rules.data import _reads as reads
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.rules.data._predicates import Condition

_LISTED = {"of", "forEach", "for", "reduce"}


class Picking(msgspec.Struct, frozen=True):
    """A loop over the documents `rows` of a scan, and what is true of those that it is for."""

    frame: LoopFrame
    rows: n.Expression
    read: Read
    conditions: tuple[Condition, ...]


def filtering(test: Test) -> Picking | None:
    """The loop that a test is the first statement of, where it runs over a scan.

    `for (const row of rows) if (row.a === x) kept.push(row)`, and the other way round: `if (row.a !== x)
    continue`. None where something is done with every document.
    """
    frame = next((frame for frame in reversed(test.frames) if isinstance(frame, LoopFrame)), None)
    if frame is None or frame.kind not in _LISTED or not isinstance(test.node, n.If):
        return None
    rows, pattern, body = _round(frame)
    first, found = predicates.of_round(pattern, body) if pattern is not None else (None, ())
    if first is not test.node or not found or rows is None:
        return None
    read = _read(test, rows)
    if read is None or not reads.scans(read) or (read.terminal == "for await" and is_left(frame.node)):
        return None
    changed = set(_assigned(frame.node))
    conditions = tuple(each for each in found if not changed & _named(each.value))
    return Picking(frame, rows, read, conditions) if conditions else None


def _round(
    frame: LoopFrame,
) -> tuple[n.Expression | None, n.Expression | None, tuple[n.Statement, ...]]:
    """What a loop runs over, what it calls the document of one round, and what it does with it."""
    match frame.node:
        case n.Loop(
            kind="for",
            body=(
                n.Declare(kind="const", target=target, value=n.Subscript(object=rows, index=n.Name())),
                *body,
            ),
        ):
            return rows, target, tuple(body)
        case n.Loop(kind="for", body=(n.If(test=test), *_) as body):
            indexed = next((part for part in walk_all((test,)) if _is_indexed(part)), None)
            if isinstance(indexed, n.Subscript):
                return indexed.object, indexed, body
        case n.Loop(kind="of", target=target, head=head, body=body) if target is not None:
            return frame.head, target if head is frame.head else element_of(target), body
        case n.Call(arguments=(n.Function(parameters=parameters, body=body), *_)):
            return frame.head, *_callback(frame.kind, parameters, body)
    return None, None, ()


def _is_indexed(node: n.Node) -> bool:
    """`rows[i]`, which stands for the document itself."""
    return (
        isinstance(node, n.Subscript) and isinstance(node.object, n.Name) and isinstance(node.index, n.Name)
    )


def _callback(
    kind: str, parameters: tuple[n.Parameter, ...], body: tuple[n.Statement, ...]
) -> tuple[n.Expression | None, tuple[n.Statement, ...]]:
    """What a callback calls the document, and what it does with it; `reduce` hands on what is kept too."""
    if kind != "reduce":
        return parameters[0].pattern if parameters else None, body
    match body:
        case (*before, n.Return(value=n.Name())) if len(parameters) > 1:
            return parameters[1].pattern, tuple(before)
    return None, ()


def _read(test: Test, rows: n.Expression) -> Read | None:
    """The read that gives all documents that a loop runs over."""
    begun = test.body.result(rows)
    if isinstance(begun, Read) and begun.terminal == "for await":
        return begun
    read = reads.read_behind(test.body.value(rows))
    return read if reads.collected(read) else None


def _assigned(loop: n.Node) -> Iterator[str]:
    """The variables that change from round to round: of `row.score > best`, where `best` is set."""
    for node in walk_all((loop,)):
        if isinstance(node, n.Assign) and isinstance(node.target, n.Name):
            yield node.target.name


def _named(node: n.Expression) -> set[str]:
    return {part.name for part in walk_all((node,)) if isinstance(part, n.Name)}
