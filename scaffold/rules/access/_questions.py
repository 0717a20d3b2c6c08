"""What a function asks on the way to a step: tests, and what they compare."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import BranchFrame, External, HelperCall, OtherCall, Step, Test, Throw
from scaffold.rules._nodes import EQUALITIES, followed, walk
from scaffold.rules._ways import fails_always, origins
from scaffold.rules.access._idle import comes_through
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.rules.access._caller import Roots, Via

Question: TypeAlias = "tuple[n.Expression, Body, Via]"
Sides: TypeAlias = "tuple[tuple[vs.Value, ...], tuple[vs.Value, ...]]"

_COMPARED = regex(rb"[!=]==?\s*+(?!(?:null|undefined|true|false)\b|[\"'`\d=])")


def looked_into(body: Body, test: n.Expression) -> Iterator[n.Node]:
    """The nodes of a test, of the calls whose answers its variables hold, and of all that these are given."""
    for part in followed(body, test):
        yield part
        if not isinstance(part, n.Name):
            continue
        match body.value(part):
            case vs.Result(step=OtherCall(node=node) | External(node=node) | HelperCall(node=node)):
                yield from walk(node)
            case vs.Mixed() | vs.Unknown():
                for source in body.sources(part):
                    yield from followed(body, source)


def before(reached: Reached) -> Iterator[Question]:
    """What is asked on the way to a step."""
    for depth, step in enumerate(reached.levels):
        for test in step.tests:
            yield test, step.body, reached.via[:depth]


def refusals(function: Function) -> Iterator[Question]:
    """What is asked before an error, which takes back all that a mutation has done."""
    for reached in function.reached:
        if _throws(reached.step) and comes_through(reached.step, reached.via):
            for frame in reached.step.frames:
                if isinstance(frame, BranchFrame):
                    yield frame.test, reached.step.body, reached.via


def _throws(step: Step) -> bool:
    """Whether it is an error, or calls a helper that is there to throw one: `fail("Not yours")`."""
    if isinstance(step, Throw):
        return True
    return isinstance(step, HelperCall) and step.callee is not None and fails_always(step.callee)


def meets(one: Roots, other: Roots) -> bool:
    """Whether arguments of either are the same, or part of each other."""
    return any(a[: len(b)] == b or b[: len(a)] == a for a in one for b in other)


@lru_cache(maxsize=4096)
def compares(body: Body) -> bool:
    """Whether anything is compared with what is no constant, as far as the text tells."""
    return _COMPARED.search(body.module.lines.source, body.function.start, body.function.end) is not None


@lru_cache(maxsize=4096)
def weighing(step: Test) -> tuple[n.Binary, ...]:
    """The comparisons of a test where either side may be of a document, or say who calls."""
    body = step.body
    return tuple(
        part
        for part in compared(body, step.test)
        if all(any(map(_may_tell, body.origins(side))) for side in (part.left, part.right))
    )


def _may_tell(value: vs.Value) -> bool:
    return not isinstance(value, vs.Literal | vs.Argument)


def comparisons(question: Question) -> Iterator[Sides]:
    """The sides of the comparisons of a test, either way round; with itself or with a constant is none."""
    test, body, via = question
    for part in compared(body, test):
        yield from sides_of(part, body, via)


def compared(body: Body, test: n.Expression) -> Iterator[n.Binary]:
    for part in looked_into(body, test):
        if not isinstance(part, n.Binary) or part.operator not in EQUALITIES:
            continue
        if body.module.text(part.left) != body.module.text(part.right):
            yield part


def sides_of(part: n.Binary, body: Body, via: Via) -> Iterator[Sides]:
    sides = origins(part.left, body, via), origins(part.right, body, via)
    if not any(all(isinstance(value, vs.Literal) for value in side) for side in sides):
        yield sides
        yield sides[::-1]
