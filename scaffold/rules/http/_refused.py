"""Senders whom a look-up does not know, and whom the answer calls unauthorized."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Run, Test
from scaffold.rules._nodes import walk
from scaffold.rules._ways import origins
from scaffold.rules.http._headers import is_header
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.model.function import Function, Reached

_STATUSES = {401, 403}
_SAYS = regex(r"unauthori[sz]ed|unauthenticated|forbidden|^deny$|denied", re.IGNORECASE)


def refuses_unknown(reached: Reached, function: Function) -> bool:
    """Whether a test refuses whom a look-up does not know by a header: `if (!project) return deny(401)`.

    The status says what the look-up is for: one that refuses nobody may be about what was sent.
    """
    step = reached.step
    if not isinstance(step, Test) or not isinstance(step.node, n.If):
        return False
    if not any(_refuses(arm) for arm in (step.node.then, step.node.other)):
        return False
    found = origins(step.test, step.body, reached.via)
    runs = {id(each.step) for each in found if isinstance(each, vs.Result) and isinstance(each.step, Run)}
    return bool(runs) and any(id(run.step) in runs and _is_by_header(run) for run in function.steps(Run))


def _refuses(arm: Iterable[n.Statement]) -> bool:
    return any(
        isinstance(statement, n.Return | n.Throw) and any(map(_is_refusal, walk(statement)))
        for statement in arm
    )


def _is_refusal(node: n.Node) -> bool:
    match node:
        case n.Number(value=value):
            return value in _STATUSES
        case n.String(value=text) | n.Name(name=text):
            return _SAYS.search(text) is not None
    return False


def _is_by_header(reached: Reached) -> bool:
    """Whether what is looked up is said by a header, or the address."""
    run = reached.step
    if not isinstance(run, Run) or not isinstance(run.arguments, n.Object):
        return False
    given = (part.value for part in run.arguments.properties)
    return any(is_header(each) for value in given for each in origins(value, run.body, reached.via))
