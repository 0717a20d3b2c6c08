"""Whether an action asks how many there are, to see whether one more may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.rules._nodes import walk
from scaffold.rules._ways import results
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.function import Function
    from scaffold.model.steps import Run

ORDER = {"<", "<=", ">", ">="}
_OF_A_WHILE = regex(r"recent|since|last(?![a-z])|window|rate_?limit|today|daily|hour", re.IGNORECASE)


def says_room(run: Run, test: n.Expression, query: Run) -> bool:
    """Whether a test holds how many there are against how many there may be: `used >= plan.seats`."""
    return any(
        isinstance(part, n.Binary)
        and part.operator in ORDER
        and not any(isinstance(side, n.Number) and side.value == 0 for side in (part.left, part.right))
        and any(_is_number_of(run, side, query) for side in (part.left, part.right))
        for part in walk(test)
    )


def is_of_a_while(query: Function) -> bool:
    """Whether it tells who did much of late: a limit on that does no harm where one more comes through."""
    return any(map(_OF_A_WHILE.search, (query.name, *query.arguments)))


def _is_number_of(run: Run, node: n.Expression, query: Run) -> bool:
    """Whether it is the number that a query gives, or that of the documents that it gives."""
    value = run.body.value(node)
    if not isinstance(value, vs.Result) or value.step is not query:
        return False
    return value.path in {("length",), ("count",), ("total",)} or (not value.path and _gives_number(query))


def _gives_number(query: Run) -> bool:
    """Whether a query counts what it read."""
    function = query.body.project.resolve(query.target)
    body = function.body if function is not None else None
    if body is None:
        return False
    given = (value for node in body.returns() for value in results(node, body))
    return any(value.path[-1:] in {("length",), ("size",)} for value in given)
