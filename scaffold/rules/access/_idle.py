"""Checks of the caller that keep nobody out: nobody looks at what they find, or hears their refusal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.core.patterns import regex
from scaffold.model.mixing import alternatives
from scaffold.model.steps import (
    Auth,
    ClosureFrame,
    External,
    FunctionCall,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Run,
    Schedule,
    Storage,
    Test,
    Throw,
    TryFrame,
    Write,
)
from scaffold.model.values import UNSET, Argument, Context, Global, Literal, Parameter, Result
from scaffold.model.values import External as Imported
from scaffold.rules._arms import ends
from scaffold.rules._caught import catching
from scaffold.rules._inner import called
from scaffold.rules._nodes import spelled, throws, walk
from scaffold.rules._ways import ruled_out
from scaffold.rules.access._checks import blind_spots, checks, is_check_name
from scaffold.rules.access._helpers import lets_all_pass, takes_context
from scaffold.rules.access._promised import only_logs
from scaffold.rules.access._uses import Fate, fates, is_hushed, is_pending, matters
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Builder, Function, Reached
    from scaffold.model.steps import Step

_ANSWERS = regex(r"^(is|has|can)(?=[A-Z])")  # what says yes or no, and refuses nobody
_NULLABLE = regex(r"^(getUserIdentity|getAuthUserId|getUserId|(safe|try)\w*)$")  # null for strangers
_REFUSES = regex(
    r"^(assert|invariant|ensure|require|check|expect|throw|fail|raise|must|abort|forbid|den(y|ied)|unauth|reject"
    r"|parse(?!Int|Float)|verify|validate|guard|enforce|redirect|ok$)",
    re.IGNORECASE,
)
_ACTS = (Write, Schedule, Storage, Run, External)
_TABLES = Imported("convex-ents", ("entsTableFactory",))
_DEPTH = 6
_NOTHING = (Literal(None), UNSET)


@lru_cache(maxsize=4096)
def effective(function: Function, names: frozenset[str]) -> tuple[Reached, ...]:
    """The checks of the caller in a function, without those that surely keep nobody out."""
    found = [each for each in checks(function, names) if not _is_only_called_so(each, function)]
    heard = tuple(each for each in found if not is_idle(function, each) and not ruled_out(each))
    if heard or not found:
        return heard
    calls = (each for each in calls_to(function, found) if not is_idle(function, each))
    return tuple(each for each in calls if not _is_turned_off(each, found))


def _is_turned_off(call: Reached, found: Collection[Reached]) -> bool:
    """Whether the checks behind a call are only made for callers that ask for them, and this one does not."""
    behind = [way for check in found for way in _by(call, check)]
    return bool(behind) and all(map(ruled_out, behind))


def _by(call: Reached, check: Reached) -> Iterator[Reached]:
    """The way to a check by another call of a helper on it."""
    for place, known in enumerate(check.via):
        if isinstance(call.step, HelperCall) and known.callee is call.step.callee:
            yield replace(check, via=(*call.via, call.step, *check.via[place + 1 :]))


def is_idle(function: Function, reached: Reached) -> bool:
    """Whether a check surely changes nothing for whoever calls the function."""
    if not tells(reached.step, function) or not all(is_heard(call, function) for call in reached.via):
        return True
    if isinstance(reached.step, Run | FunctionCall) and _asks_in_vain(reached.step):
        return True
    return _is_only_called_so(reached, function) or (reached.prelude and not is_builder_heard(function))


def _asks_in_vain(step: Run | FunctionCall) -> bool:
    """Whether only the builder of the function that is called asks, and that one looks at no answer."""
    target = step.body.project.resolve(step.target)
    if target is None or is_builder_heard(target):
        return False
    found = checks(target, step.body.project.access_checks)
    return all(each.prelude for each in found if not lets_all_pass(each))


def _is_only_called_so(reached: Reached, function: Function) -> bool:
    """Whether a helper is called like a check, and neither the configuration nor what it does says so."""
    step = reached.step
    vouched = isinstance(step, HelperCall) and step.name in function.module.project.access_checks
    return not vouched and lets_all_pass(reached)


def may_refuse(call: HelperCall) -> bool:
    """Whether a helper may end with an error, for all that can be seen."""
    return call.callee is None or any(map(_refuses, below(call.callee)))


def comes_through(step: Step, via: tuple[HelperCall, ...]) -> bool:
    """Whether the error of a step, or of a helper's on the way, reaches the caller of the function."""
    return not any(
        is_hushed(each.node, each.body) or is_let_go(each) or any(map(_goes_on, catching(each.frames)))
        for each in (*via, step)
    )


def _goes_on(tried: n.Try) -> bool:
    """Whether a `try` takes an error, and what comes after it is done all the same."""
    return not ends(tried.handler) and not throws(*tried.handler)


def is_let_go(step: Step) -> bool:
    """Whether nobody waits for what a helper promises."""
    if not isinstance(step, HelperCall) or step.callee is None:
        return False
    return step.callee.function.is_async and is_pending(step.node, step.body)


def calls_to(function: Function, found: Collection[Reached]) -> Iterator[Reached]:
    """All calls of helpers that come to the checks found; `Function.reached` enters a helper only once."""
    asking = {id(each.step.body) for each in found}
    for reached in function.reached:
        step = reached.step
        if isinstance(step, HelperCall) and step.callee is not None:
            bodies = {id(body) for body in below(step.callee)}
            if not bodies.isdisjoint(asking):
                yield reached


def tells(step: Step, function: Function) -> bool:
    """Whether a check itself keeps somebody out, or something depends on what it gives."""
    match step:
        case Auth(how=how):
            if is_pending(step.node, step.body):
                return False
            refuses = _NULLABLE.match(how.rpartition(".")[2]) is None
            if _is_swallowed(step, function) and not _comes_out(step):
                return False
            asked = matters(step.node, step.body, caller=True)
            return asked or (refuses and not _is_swallowed(step, function))
        case HelperCall():
            return is_heard(step, function)
        case OtherCall() | External():
            return not _ANSWERS.match(step.name) or _is_given_function(step) or matters(step.node, step.body)
        case Test():
            return decides(step)
    return True


def _comes_out(check: Step) -> bool:
    """Whether a `try` around a check leaves something behind that comes of it: a value, or an answer."""
    return any(
        isinstance(part, n.Assign | n.Return)
        for tried in catching(check.frames)
        for part in walk(*tried.body)
    )


def decides(test: Test) -> bool:
    """Whether anything but a log hangs on a test, and it is not of a promise: that is always there."""
    tested = test.test
    while isinstance(tested, n.Unary):
        tested = tested.value
    value = test.body.value(tested)
    if isinstance(value, Result) and not value.path and is_let_go(value.step):
        return False
    return not isinstance(test.node, n.If) or not only_logs((*test.node.then, *test.node.other))


def is_heard(call: HelperCall, function: Function) -> bool:
    """Whether a helper keeps somebody out for its caller, or something depends on what it gives."""
    callee = call.callee
    if (
        callee is None
        or call.name in function.module.project.access_checks
        or _is_given_function(call)
        or _guards_itself(call, callee, function)
    ):
        return True
    if is_let_go(call):
        return False
    return matters(call.node, call.body, caller=_gives_caller(callee)) or (
        any(map(_refuses, below(callee))) and not _is_swallowed(call, function)
    )


@lru_cache(maxsize=4096)
def _gives_caller(body: Body) -> bool:
    """Whether a helper gives who calls, or nothing: an identity, or a document, and no word or answer."""
    given = (part for node in body.returns() for part in alternatives(body.value(node)))
    found = [each for each in given if each not in _NOTHING]
    return bool(found) and all(
        isinstance(each, Result) and isinstance(each.step, Auth | Get | Read | HelperCall) for each in found
    )


def _guards_itself(call: HelperCall, callee: Body, function: Function) -> bool:
    """Whether a helper does what it asks for by itself: `await removeIfOwner(ctx, id)`.

    Where nobody hears its error, it guards only that, and not what the function does besides.
    """
    bodies = below(callee)
    if not any(map(_acts, bodies)):
        return False
    if not is_let_go(call) and not is_hushed(call.node, call.body):
        return True
    return not any(
        isinstance(each.step, _ACTS) and not _only_asks(each.step) and each.step.body not in bodies
        for each in function.reached
    )


def _is_given_function(call: HelperCall | OtherCall | External) -> bool:
    """Whether a call is given something to do: `asUser(ctx, async (user) => …)`."""
    return any(isinstance(argument, n.Function) for argument in call.arguments)


@lru_cache(maxsize=4096)
def _acts(body: Body) -> bool:
    return any(isinstance(step, _ACTS) and not _only_asks(step) for step in body.steps)


def _only_asks(step: Step) -> bool:
    return isinstance(step, Run) and step.method == "runQuery"


@lru_cache(maxsize=4096)
def _refuses(body: Body) -> bool:
    """Whether a body may end with an error, for all that can be seen."""
    return any(_may_throw(step) for step in body.steps)


@lru_cache(maxsize=1024)
def _refuses_by_itself(body: Body) -> bool:
    """Whether a body may end with an error, not counting the functions that it only makes for its caller."""
    here = [*body.returns(), *called(body)]
    return any(_may_throw(step) and not _is_made_in(step, here) for step in body.steps)


def _is_made_in(step: Step, here: Collection[n.Node]) -> bool:
    """Whether a step stands in a function that is neither called where it is made nor handed to a call."""
    kept = (frame.node for frame in step.frames if isinstance(frame, ClosureFrame) and frame.call is None)
    return any(all(node is not each for each in here) for node in kept)


def _may_throw(step: Step) -> bool:
    match step:
        case Throw():
            return not _is_forgotten_in(step)
        case Run() | FunctionCall() | HelperCall(callee=None):
            return True
        case Auth(how=how):
            met = set(fates(step.node, step.body))
            demanded = Fate.DEMANDED in met and Fate.TESTED not in met
            return demanded or _NULLABLE.match(how.rpartition(".")[2]) is None
        case OtherCall(value=Global(path=("crypto", *_))):  # says yes or no: `crypto.subtle.verify(…)`
            return False
        case OtherCall(name=name):
            return _REFUSES.match(name) is not None or is_check_name(name) or takes_context(step)
        case External():
            return _REFUSES.match(step.name) is not None or takes_context(step)
    return False


@lru_cache(maxsize=4096)
def below(body: Body, depth: int = _DEPTH) -> tuple[Body, ...]:
    """A body, and those that it calls where an error in them comes through, each once."""
    found = {body: None}
    for call in body.calls:
        if call.callee is not None and depth and not _is_forgotten_in(call):
            found |= dict.fromkeys(below(call.callee, depth - 1))
    return tuple(found)


def _is_forgotten_in(step: Step) -> bool:
    """Whether a `try` around a step takes its error, and does not throw again."""
    return any(not throws(*tried.handler) for tried in catching(step.frames))


def _is_swallowed(step: Step, function: Function) -> bool:
    """Whether the error of a step is logged at most, and what comes after the `try` goes on."""
    if is_hushed(step.node, step.body):
        return True
    return any(
        only_logs(tried.handler) and not _protects(tried, step, function) for tried in catching(step.frames)
    )


def _protects(tried: n.Try, check: Step, function: Function) -> bool:
    """Whether anything else than the check stands in what a `try` tries."""
    for reached in function.reached:
        for step in reached.levels:
            inside = any(isinstance(frame, TryFrame) and frame.node is tried for frame in step.frames)
            if inside and step is not check and isinstance(step, (*_ACTS, HelperCall)):
                return True
    return False


def is_builder_heard(function: Function) -> bool:
    """Whether a builder's input may refuse, or the handler looks at what it puts on the context."""
    builder = function.builder
    if builder.adds is None or _guards_data(builder) or any(blind_spots(function)):
        return True
    if any(_refuses_by_itself(body) for given in builder.inputs for body in below(given)):
        return True
    added = builder.adds | {key for given in builder.inputs for key in _returned_keys(given)}
    added -= {"db", *_plain_tables(builder)}  # the context's own: whoever asks has it
    return any(
        not added.isdisjoint(spelled(walk(body.function)))
        for body, _, prelude in function.ways
        if not prelude
    )


def _plain_tables(builder: Builder) -> Iterator[str]:
    """The names under which a builder gives the tables of Convex Ents that have no rules."""
    for body in builder.inputs:
        for returned in body.returns():
            for part in walk(returned):
                if isinstance(part, n.Property) and part.key is not None:
                    value = body.value(part.value)
                    if isinstance(value, Result) and not value.path and _makes_tables(value.step):
                        yield part.key


def _makes_tables(step: Step) -> bool:
    if not isinstance(step, OtherCall) or step.value != _TABLES:
        return False
    return not any("rule" in word.lower() for word in spelled(walk(*step.arguments[1:])))


def _guards_data(builder: Builder) -> bool:
    """Whether the handler is given another `db` than that of the context, which may refuse by itself."""
    if builder.adds is None or "db" not in builder.adds:
        return False
    given = [
        (body, part.value)
        for body in builder.inputs
        for returned in body.returns()
        for part in walk(returned)
        if isinstance(part, n.Property) and part.key == "db"
    ]
    return not given or any(body.value(node) != Context(("db",)) for body, node in given)


def _returned_keys(body: Body) -> Iterator[str]:
    """The keys that an input gives back, on the context or among the arguments, but what clients sent."""
    for returned in body.returns():
        for part in walk(returned):
            if not isinstance(part, n.Property) or not part.key or part.key in {"ctx", "args"}:
                continue
            if not isinstance(body.value(part.value), Argument | Parameter):
                yield part.key
