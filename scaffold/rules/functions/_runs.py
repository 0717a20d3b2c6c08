"""Calls of transactions from actions: which could be one call."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scaffold.model.steps import HelperCall, Read, Run, Write
from scaffold.model.values import Reference
from scaffold.rules._ways import fails_always
from scaffold.rules.functions._purity import inside, only_computes
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.function import Function
    from scaffold.model.steps import Step

_TRANSACTIONS = {"runQuery", "runMutation"}
_WHOLE = {"collect", "for await"}
_DEPTH = 3
_PAGING = {"cursor", "paginationOpts", "numItems", "continueCursor"}


def called(run: Run) -> Function | None:
    """The query or mutation of this project that is called, if it is in view."""
    if run.method not in _TRANSACTIONS or not isinstance(run.target, Reference):
        return None
    function = run.body.project.resolve(run.target)
    return function if function is not None and function.transactional else None


def transaction(step: Step, depth: int = 0) -> Run | None:
    """The one transaction that a step is, or that the helper it calls is there for."""
    if isinstance(step, Run):
        return step if called(step) is not None else None
    steps = inside(step) if isinstance(step, HelperCall) and depth < _DEPTH else None
    return only_transaction(steps, depth + 1) if steps else None


def only_transaction(steps: tuple[Step, ...], depth: int = 0) -> Run | None:
    """The transaction among steps that otherwise only compute."""
    doing = list(islice((step for step in steps if not only_computes(step)), 2))
    run = transaction(doing[0], depth) if len(doing) == 1 else None
    return run if run is not None and not doing[0].loops else None


def from_actions(step: Step) -> bool:
    """Whether all that come here are actions; in a transaction such calls are another matter."""
    owners = step.body.project.owners(step)
    return bool(owners) and not any(function.transactional for function, _ in owners)


def is_heavy(function: Function) -> bool:
    """Whether it may fill a transaction by itself: writes in a loop, or reads of a whole table."""
    return any(
        (isinstance(step, Write) and step.loops)
        or (isinstance(step, Read) and step.terminal in _WHOLE and step.index is None)
        for step in (reached.step for reached in function.reached)
    )


def pages(run: Run) -> bool:
    """Whether the call asks for a page: it is one of many because the data is too much for one."""
    match run.arguments:
        case n.Object(properties=properties):
            return any(part.key in _PAGING for part in properties)
    return False


def only_throws(function: Function) -> bool:
    """Whether it fails always: what was written before it must not roll back with it."""
    return function.body is not None and fails_always(function.body)
