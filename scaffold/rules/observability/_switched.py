"""Logs that a deployment in production does not write: where a setting is missing, or says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import BranchFrame
from scaffold.rules._environment import is_of_environment
from scaffold.rules._nodes import EQUALITIES
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.steps import Log

_LIVE = {"production", "prod", "live"}
_TALKS = regex(r"debug|verbose|_dev(?![a-z])|^dev", re.IGNORECASE)


def is_switched(log: Log) -> bool:
    """Whether a log stands in a branch that only some deployments come to: `if (!process.env.MAIL_KEY)`."""
    return any(
        isinstance(frame, BranchFrame) and _is_apart(frame.test, log.body, taken=frame.taken)
        for frame in log.frames
    )


def _is_apart(test: n.Expression, body: Body, *, taken: bool) -> bool:
    """Whether a test that came out so says that a setting is missing, or that this is not production."""
    match test:
        case n.Unary(operator="!", value=value):
            return _is_apart(value, body, taken=not taken)
        case n.Binary(operator="&&" | "||" as operator, left=left, right=right):
            parts = [_is_apart(part, body, taken=taken) for part in (left, right)]
            return any(parts) if (operator == "&&") == taken else all(parts)
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            same = operator.startswith("=") == taken
            live = isinstance(right, n.String) and right.value.lower() in _LIVE
            return _is_setting(left, body) and same != live
    return _is_setting(test, body) and (not taken or _TALKS.search(body.module.text(test)) is not None)


def _is_setting(node: n.Expression, body: Body) -> bool:
    return any(map(is_of_environment, body.origins(node)))
