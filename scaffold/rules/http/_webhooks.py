"""What a route does with a request: reads its body, verifies it, sets something going."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import Auth, External, HelperCall, OtherCall, Return, Run, Schedule, Step, Test
from scaffold.rules._caught import catching
from scaffold.rules._nodes import EQUALITIES, nodes_of, walk
from scaffold.rules._ways import origins, traced
from scaffold.rules.access._idle import comes_through, decides, effective, is_builder_heard, is_heard, tells
from scaffold.rules.access._uses import is_hushed, matters
from scaffold.rules.http._digests import is_held_against, makes_digest
from scaffold.rules.http._headers import is_header
from scaffold.rules.http._refused import refuses_unknown
from scaffold.source import nodes as n
from scaffold.source.walk import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.wiring import Route

_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
_BODY = {"json", "text", "arrayBuffer", "formData", "blob", "bytes", "parseBody", "valid"}  # the last: Hono's
_SIGNATURE = regex(
    r"signature|hmac|constructEvent|timingSafe|constantTime|verifyWebhook|validateWebhook|verifyRequest"
    r"|validateRequest|^verify$|^unwrap$|^verifyEvent|webhooks?Verif|verify(Stripe|Clerk|Svix|GitHub|Slack|Hook|Payload"
    r"|Body)|validate(Stripe|Clerk|Svix|GitHub|Slack|Hook|Payload)",
    re.IGNORECASE,
)
_VERIFIES = regex(
    r"verif|validat\w*(key|token|secret|auth|request|user|session)|authenticat|authoriz", re.IGNORECASE
)
_HOPS = 2
_FOLLOWED = 3  # variables that stand for one another


def changes_state(route: Route) -> bool:
    """Whether the method of a route is one that may change something."""
    return isinstance(route.method, str) and route.method.upper() in _CHANGING


def body_reads(handler: Function) -> Iterator[tuple[Reached, str]]:
    """Where the body of the request is read, and how."""
    for reached in handler.reached:
        step = reached.step
        if isinstance(step, OtherCall):
            value, _, _ = traced(step.value, step.body, reached.via)
            match value:
                case vs.Argument(path=("request", how) | ("request", "raw", how)) if _is_of_body(step, how):
                    yield reached, how


def _is_of_body(step: OtherCall, how: str) -> bool:
    """Whether a method reads the body; `valid` gives whatever was validated, the address too."""
    given = {each.value for each in step.arguments if isinstance(each, n.String)}
    return how in _BODY and (how != "valid" or bool(given & {"json", "form"}))


def effects(handler: Function) -> Iterator[Reached]:
    """What the handler sets going: mutations, actions, jobs."""
    for reached in handler.reached:
        step = reached.step
        if isinstance(step, Schedule) or (isinstance(step, Run) and step.method != "runQuery"):
            yield reached


def is_verified(function: Function, hops: int = _HOPS) -> bool:
    """Whether the request, or what is handed on of it, is checked anywhere."""
    if any(verifications(function)):
        return True
    return hops > 0 and any(is_verified(target, hops - 1) for target in targets(function))


def verifications(function: Function) -> Iterator[Reached]:
    """Where it is checked who sent a request, and something comes of it."""
    names = function.module.project.access_checks
    asking = {id(reached) for reached in effective(function, names)}
    for reached in function.reached:
        asks = _verifies(reached) or refuses_unknown(reached, function)
        if (id(reached) in asking and _is_about_sent(reached)) or (asks and _is_heeded(reached, function)):
            yield reached


def _is_about_sent(reached: Reached) -> bool:
    """Whether a test looks at what was sent: one of a setting alone, such as `IS_PROD`, is about nobody."""
    step = reached.step
    if not isinstance(step, Test):
        return True
    return any(
        isinstance(each, vs.Argument | vs.Parameter) for each in origins(step.test, step.body, reached.via)
    )


def _is_heeded(reached: Reached, function: Function) -> bool:
    """Whether the request of somebody unknown goes no further than to a check."""
    if not all(is_heard(call, function) for call in reached.via):
        return False
    if reached.prelude and not is_builder_heard(function):
        return False
    if any(_is_read_anyway(each) or _is_made_up_for(each) for each in reached.levels):
        return False
    step = reached.step
    match step:
        case Auth():
            return tells(step, function)
        case HelperCall():
            return is_heard(step, function)
        case Test():
            return decides(step)
        case OtherCall() | External():
            return matters(step.node, step.body) or comes_through(step, ())
    return True


def _is_read_anyway(step: Step) -> bool:
    """Whether the body is parsed and worked on where a check fails: `catch { event = JSON.parse(body) }`."""
    given = (
        part.value
        for tried in catching(step.frames)
        for part in walk(*tried.handler)
        if isinstance(part, n.Assign | n.Return) and part.value is not None
    )
    return any(any(map(_parses, walk(value))) for value in given)


def _is_made_up_for(step: Step) -> bool:
    """Whether the body stands in for what a check gives: `verify(body).catch(none) ?? JSON.parse(body)`."""
    if not is_hushed(step.node, step.body):
        return False
    names = {
        part.target.name
        for part in nodes_of(step.body, n.Declare)
        if isinstance(part.target, n.Name) and part.value is not None and holds(part.value, step.node)
    }
    return any(
        part.operator in {"??", "||"}
        and (holds(part.left, step.node) or (isinstance(part.left, n.Name) and part.left.name in names))
        and any(map(_parses, walk(part.right)))
        for part in nodes_of(step.body, n.Binary)
    )


def _parses(node: n.Node) -> bool:
    match node:
        case n.Call(callee=n.Member(object=n.Name(name="JSON"), property="parse")):
            return True
        case n.Call(callee=n.Member(property="json"), arguments=()):
            return True
    return False


def is_blind(function: Function) -> bool:
    """Whether the request, or a header of it, is handed to something out of sight, here or where it runs."""
    if any(_hands_over(reached) or _hands_on_header(reached) for reached in function.reached):
        return True
    return any(map(_makes_request, targets(function)))


def _makes_request(function: Function) -> bool:
    """Whether a request is made anew, for a library that takes requests, and not to send it on."""
    steps = [reached.step for reached in function.reached]
    made = any(isinstance(step, OtherCall) and step.value == vs.Global(("Request",)) for step in steps)
    return made and not any(isinstance(step, External) and step.path == ("fetch",) for step in steps)


def _hands_on_header(reached: Reached) -> bool:
    """Whether a function that is not in view is given a header, as the signature beside the body."""
    step = reached.step
    if not isinstance(step, Run | Schedule) or not isinstance(step.arguments, n.Object):
        return False
    if step.body.project.resolve(step.target) is not None:
        return False
    given = (part.value for part in step.arguments.properties)
    return any(is_header(each) for value in given for each in origins(value, step.body, reached.via))


def targets(function: Function) -> Iterator[Function]:
    """The functions that a function runs or schedules, where they are in view."""
    for reached in function.reached:
        if isinstance(reached.step, Run | Schedule):
            target = reached.step.body.project.resolve(reached.step.target)
            if target is not None and target is not function:
                yield target


def is_signature_check(step: Step) -> bool:
    """Whether a step works on a signature of the body."""
    if isinstance(step, External) and _is_of_library(step):
        return True
    return isinstance(step, HelperCall | OtherCall | External) and bool(_SIGNATURE.search(step.name))


def _is_of_library(step: External) -> bool:
    """Whether a library checks an event, as Polar's does; the project's own look at its shape."""
    return step.path[-1:] == ("validateEvent",)


def _verifies(reached: Reached) -> bool:
    step = reached.step
    match step:
        case Auth():
            return True
        case External(path=path, node=node) if any("webhook" in part.lower() for part in path):
            return not (
                isinstance(node, n.Call) and node.new
            )  # `new WebhookReceiver(…).receive(body, header)`
        case External(path=("fetch",), arguments=(address, *_)):  # the sender is asked whether it is so
            return _VERIFIES.search(step.body.module.text(address)) is not None
        case HelperCall() | OtherCall() | External():
            name = step.name
            if makes_digest(name):
                return is_held_against(reached)
            return is_signature_check(step) or bool(_VERIFIES.search(name))
        case Run() if isinstance(step.target, vs.Reference):
            return bool(_VERIFIES.search(step.target.path[-1])) if step.target.path else False
        case Test(test=tested):
            return _compares_header(reached, tested)
        case Return(value=value) if value is not None and reached.via:  # the answer of a helper
            return _compares_header(reached, value)
    return False


def _compares_header(reached: Reached, tested: n.Expression) -> bool:
    """A header compared with something that is not written there, as a token of another module."""
    body = reached.step.body
    for left, right in _comparisons(tested, body):
        sides = [origins(side, body, reached.via) for side in (left, right)]
        for one, other in (sides, reversed(sides)):
            if any(map(is_header, one)) and not all(isinstance(each, vs.Literal) for each in other):
                return True
    return False


def _comparisons(
    node: n.Expression, body: Body, depth: int = _FOLLOWED
) -> Iterator[tuple[n.Expression, n.Expression]]:
    """What is compared in a test, and in what the variables in it stand for."""
    match node:
        case n.Binary(operator=operator, left=left, right=right) if operator in EQUALITIES:
            yield left, right
        case n.Call(callee=n.Member(object=known, property="has" | "includes"), arguments=(asked,)):
            yield asked, known
        case n.Binary(left=left, right=right):
            yield from _comparisons(left, body, depth)
            yield from _comparisons(right, body, depth)
        case n.Unary(value=value):
            yield from _comparisons(value, body, depth)
        case n.Name() if depth:
            for source in body.sources(node):
                yield from _comparisons(source, body, depth - 1)
        case _:
            pass


def _hands_over(reached: Reached) -> bool:
    step = reached.step
    if isinstance(step, HelperCall) and (step.callee is not None or isinstance(step.target, vs.Closure)):
        return False
    if not isinstance(step, HelperCall | OtherCall | External) or _is_handler(reached):
        return False
    for argument in step.arguments:
        value, _, _ = traced(step.body.value(argument), step.body, reached.via)
        if value in (vs.Argument(("request",)), vs.Argument(("request", "raw"))):
            return True
        if isinstance(value, vs.Bundle):  # Hono's own, request and all
            return True
        if isinstance(value, vs.Context) and not value.path and isinstance(step, OtherCall):
            return isinstance(step.value, vs.Unknown)
    return False


def _is_handler(reached: Reached) -> bool:
    """Whether a wrapper runs the handler that it was given, which stands where the route is."""
    step = reached.step
    return reached.prelude and isinstance(step, OtherCall) and step.value == vs.Global((step.name,))
