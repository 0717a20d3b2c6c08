"""Decisions that are made on the word of an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Get, OtherCall, Read, Test, Write
from scaffold.rules._nodes import walk
from scaffold.rules._ways import origins
from scaffold.rules.access._arguments import (
    AUTHORS,
    CALLERS,
    FIELDS,
    MAILS,
    ROLES,
    Spoof,
    argument_of,
    declared,
    folded,
)
from scaffold.rules.access._asked import is_comparison
from scaffold.rules.access._checks import is_check_name
from scaffold.rules.access._look_ups import found_by, is_of_person, looked_up_by
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached

DECIDES = "says whose role decides"
_DOERS = CALLERS | MAILS | {name for name in AUTHORS if name.endswith("by")}
_SPEAKERS = {"user", "assistant", "system", "tool", "model", "bot", "human", "ai", "agent"}
_SAYS = regex(r"message|content|text|prompt|chat|thread|conversation", re.IGNORECASE)
_RANK = regex(r"role|admin|permission|moderator|staff|scope", re.IGNORECASE)


def believed_of(function: Function, reached: Reached, test: Test) -> Spoof | None:
    """A decision on the word of an argument: it is compared with an owner, or it is a role itself."""
    claims = _claims(function, reached, test)
    return next((Spoof(name, deed, reached) for name, deed in claims if name is not None), None)


def _claims(function: Function, reached: Reached, test: Test) -> Iterator[tuple[str | None, str]]:
    """What arguments are believed in a test, the plainest first: their names, and what they do there."""
    found = origins(test.test, test.body, reached.via)
    stored = [each for each in found if isinstance(each, vs.Result) and isinstance(each.step, Read | Get)]
    yield _claimed_role(function, test, found), "decides what the caller may do"
    yield _claimed_owner(reached, test, found, stored), "is compared with who owns the document"
    yield _claimed(reached, test), "is compared with another argument"
    among = _sought(reached, test)
    if among is not None and _is_looked_up(function, test):
        yield among, "says whose document is changed or given away"
    if among is not None and not _is_taken_out(reached, test, among):
        yield among, "is looked for among those who may"
    yield _of_rank(function, reached, stored), DECIDES


def _claimed_role(function: Function, test: Test, found: tuple[vs.Value, ...]) -> str | None:
    """The role of `if (args.role !== "admin") throw …`, which nothing that is stored backs up."""
    role = argument_of(found, ROLES)
    if role is None or any(isinstance(each, vs.Result) for each in found):
        return None
    if _is_filter(function, role, test) or _is_speaker(function, test):
        return None
    validator = declared(function, role)
    plain = validator is not None and validator.kind != "boolean"
    return None if plain and _asks_if_given(test.test, test.body) else role


def _asks_if_given(test: n.Expression, body: Body) -> bool:
    """Whether it is only asked if arguments are there: `if (!email || !role) throw …`."""
    match test:
        case n.Binary(operator="||" | "&&", left=left, right=right):
            return _asks_if_given(left, body) and _asks_if_given(right, body)
        case n.Unary(operator="!", value=value):
            return _asks_if_given(value, body)
    return isinstance(body.value(test), vs.Argument)


def _claimed_owner(
    reached: Reached, test: Test, found: tuple[vs.Value, ...], stored: list[vs.Result]
) -> str | None:
    """The owner of `if (note.ownerId !== args.userId) throw …`, or of a user that an argument finds."""
    if not any(map(_is_owner, stored)) or not is_comparison(test.test, test.body):
        return None
    return argument_of(found, CALLERS | AUTHORS | MAILS) or found_by(stored, reached)


def _of_rank(function: Function, reached: Reached, stored: list[vs.Result]) -> str | None:
    """The argument by which somebody is found whose role is asked for."""
    ranked = [each for each in stored if any(map(_RANK.search, each.path))]
    found = (looked_up_by(each.step, reached, _DOERS) for each in ranked)
    name = next((name for name in found if name is not None), None)
    return name or _picked(function, reached, ranked)


def _picked(function: Function, reached: Reached, ranked: list[vs.Result]) -> str | None:
    """The id of a person, under any name, who has the role that a check asks for: `requireAdmin(ctx, by)`."""
    if not any(is_check_name(call.name) for call in reached.via):
        return None
    for step in (each.step for each in ranked):
        node = step.id if isinstance(step, Get) else None
        for value in origins(node, step.body, reached.via) if node is not None else ():
            if isinstance(value, vs.Argument) and is_of_person(function.argument(value.path)):
                return ".".join(value.path)
    return None


def _claimed(reached: Reached, test: Test) -> str | None:
    """The caller of `if (args.ownerId !== args.userId) throw …`: both are what the caller says."""
    match test.test:
        case n.Binary(operator="!=" | "!==", left=left, right=right):
            sides = [origins(side, test.body, reached.via) for side in (left, right)]
            for mine, other in (sides, sides[::-1]):
                name = argument_of(mine, CALLERS)
                if len(mine) == len(other) == 1 and name is not None and argument_of(other, AUTHORS):
                    return name
    return None


def _is_filter(function: Function, role: str, test: Test) -> bool:
    """Whether it is only asked if a role was given: `if (args.role) return users.filter(…)`."""
    validator = declared(function, role)
    named = validator is not None and validator.optional and validator.kind != "boolean"
    return named and not is_comparison(test.test, test.body)


def _is_speaker(function: Function, test: Test) -> bool:
    """Whether a role is that of whoever speaks in a chat with a model: `user`, `assistant`."""
    words = {node.value for node in walk(test.test) if isinstance(node, n.String)}
    return bool(words) and words <= _SPEAKERS and any(map(_SAYS.search, function.arguments))


def _sought(reached: Reached, test: Test) -> str | None:
    """The argument of `members.some((member) => member.userId === args.userId)`, in a variable too."""
    body = test.body
    for node in _with_calls(test):
        if not isinstance(node, n.Binary) or node.operator not in {"==", "==="}:
            continue
        sides = [origins(side, body, reached.via) for side in (node.left, node.right)]
        for side, (mine, other) in ((node.left, sides[::-1]), (node.right, sides)):
            owned = isinstance(side, n.Member) and folded(side.property) in FIELDS | MAILS
            read = any(isinstance(each, vs.Result) and isinstance(each.step, Read | Get) for each in other)
            name = argument_of(mine, CALLERS | MAILS)
            if owned and read and name is not None:
                return name
    return None


def _is_taken_out(reached: Reached, test: Test, name: str) -> bool:
    """Whether the argument says who is to go: `members.filter((member) => member.userId !== args.userId)`."""
    return any(
        argument_of(origins(side, test.body, reached.via), CALLERS | MAILS) == name
        for keeps in _kept_by(test.body)
        for each in walk(keeps)
        if isinstance(each, n.Binary) and each.operator in {"!=", "!=="}
        for side in (each.left, each.right)
    )


def _kept_by(body: Body) -> Iterator[n.Function]:
    """What says of the elements of lists which of them are kept."""
    for node in walk(body.function):
        match node:
            case n.Call(callee=n.Member(property="filter"), arguments=(n.Function() as keeps,)):
                yield keeps


def _is_looked_up(function: Function, test: Test) -> bool:
    """Whether what was sought is itself changed or given away: `patch(user._id)` after `users.find(…)`."""
    body = test.body
    sought = {
        value.step
        for node in walk(test.test)
        if isinstance(node, n.Name) and isinstance(value := body.value(node), vs.Result)
    }
    changed = (
        each
        for reached in function.steps(Write)
        if isinstance(reached.step, Write)
        for each in origins(reached.step.id, reached.step.body, reached.via)
    )
    given = (
        body.value(node)
        for each in body.returns()
        for node in walk(each)
        if isinstance(node, n.Name | n.Member)
    )
    return any(
        isinstance(each, vs.Result) and isinstance(each.step, OtherCall) and each.step in sought
        for each in (*changed, *given)
    )


def _with_calls(test: Test) -> Iterator[n.Node]:
    """The nodes of a test, and of the calls whose results its variables hold."""
    for node in walk(test.test):
        yield node
        value = test.body.value(node) if isinstance(node, n.Name) else None
        if isinstance(value, vs.Result) and isinstance(value.step, OtherCall):
            yield from walk(value.step.node)


def _is_owner(value: vs.Result) -> bool:
    return any(folded(part) in FIELDS | MAILS for part in value.path)
