"""What is left to callers of a rank: roles, permissions, memberships."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Function, Kind, Reached
from scaffold.model.steps import External, HelperCall, OtherCall, Step, Test, Write
from scaffold.rules._ways import origins
from scaffold.rules.access._caller import is_caller, roots_of
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.access._covers import is_check
from scaffold.rules.access._idle import comes_through, tells
from scaffold.rules.access._questions import looked_into
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

RANK = regex(
    r"role|admin|permission|moderator|staff|scope|owner|member|access|(?-i:(?<![a-z])can(?=[A-Z]))|team|org|system",
    re.IGNORECASE,
)
# What somebody is who has signed in, and nothing more.
_SIGNED_IN = regex(
    r"auth|user|identity|sign|log_?(?:ged)?_?in|session|viewer|caller|account|profile|current|(?:^|_)me$|Me$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def is_for_a_rank(function: Function) -> bool:
    """Whether callers have to be more than signed in: a builder, a helper or a test says so."""
    if any(map(RANK.search, function.builder.names)):
        return True
    calls = (each for each in function.reached if isinstance(each.step, HelperCall | OtherCall | External))
    if any(_demands_rank(reached, function) for reached in calls):
        return True
    tests = (each for each in function.reached if isinstance(each.step, Test))
    return any(
        isinstance(part, n.Member) and RANK.search(part.property)
        for reached in tests
        if isinstance(reached.step, Test)
        for part in looked_into(reached.step.body, reached.step.test)
        if _speaks_of_caller(part, reached)
    )


def _speaks_of_caller(part: n.Node, reached: Reached) -> bool:
    if not isinstance(part, n.Member):
        return False
    return any(is_caller(value, reached.via) for value in origins(part, reached.step.body, reached.via))


def _demands_rank(reached: Reached, function: Function) -> bool:
    """`requireAdmin(ctx)`, `requireCan(ctx, "orders.edit")`: no document is named to it."""
    step = reached.step
    if not isinstance(step, HelperCall | OtherCall | External) or not comes_through(step, reached.via):
        return False
    name = step.name
    if not is_check_name(name) and not RANK.search(name):
        return False
    given = [value for each in step.arguments for value in origins(each, step.body, reached.via)]
    if roots_of(given, reached.via):
        return False
    ranked = bool(RANK.search(name)) or any(isinstance(value, vs.Literal) for value in given)
    return ranked and tells(step, function)


def may_be_of_rank(step: Step) -> bool:
    """Whether a check may ask for more than a sign-in, as its name tells: `requireOperator(ctx)`."""
    if not isinstance(step, HelperCall | OtherCall | External) or not is_check(step):
        return False
    return len(step.arguments) <= 1 and _SIGNED_IN.search(step.name) is None


def ranked(function: Function) -> Iterator[str]:
    """The tables whose documents a mutation changes for callers of a rank."""
    if function.kind is Kind.MUTATION and function.public and is_for_a_rank(function):
        for reached in function.steps(Write):
            write = reached.step
            if isinstance(write, Write) and write.operation != "insert" and isinstance(write.table, str):
                yield write.table
