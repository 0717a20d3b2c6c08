"""Calls to the world outside that change something there, and the keys that make repeating them harmless."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.mixing import alternatives
from scaffold.model.options import part_of
from scaffold.model.steps import (
    Clock,
    External,
    Get,
    OtherCall,
    Random,
    Read,
    Run,
    Write,
)
from scaffold.rules._environment import is_of_environment, variable_of
from scaffold.rules._nodes import followed, spelled, walk, written
from scaffold.rules._services import SERVICES, is_http_client, is_service, named, plain_path
from scaffold.rules._ways import origins, results, traced
from scaffold.rules.scheduling._addresses import (
    ASKING,
    ASKING_WORDS,
    BILLS,
    DELETING,
    DOING,
    ELSEWHERE,
    HERE,
    HOST,
    HOW,
    MARKING,
    MODEL_WORDS,
    MODELS,
    MUTATION,
    NAMED_BY,
    NUMBER,
    OURS,
    REFERENCE,
    REPEATED_COMMANDS,
    SEEN,
    SETTING,
    SETTLED,
    TAKEN,
    TAKEN_NAMES,
    TYPING,
    WORK,
)
from scaffold.rules.scheduling._pushes import is_replaced
from scaffold.rules.scheduling._refused import expects_refusal, is_refused
from scaffold.rules.scheduling._telling import name_around, tells
from scaffold.source import nodes as n
from scaffold.source.walk import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import HelperCall, Step
    from scaffold.rules._ways import Way

# HTTP promises that a second PUT or DELETE changes nothing more, and PATCH mostly sets what it says.
_REPEATABLE = {"PUT", "DELETE", "PATCH"}
_UNREPEATABLE = {"POST"}
_RANDOM_PACKAGES = {"nanoid", "uuid", "ulid", "crypto", "node:crypto"}
_KEY = regex(
    r"idempot|de-?dup|request[-_]?id|client[-_]?token|client[-_]?request|customer[-_]?transaction[-_]?id|client[-_]?(?:msg|message)[-_]?id"
    r"|x-message-id|nonce|deliver\w*[-_]?id",
    re.IGNORECASE,
)
_CLAIM = regex(r"claim|acquire|onlyOnce|exactlyOnce|reserve[A-Z]|withLock|alreadySent", re.IGNORECASE)
# What only opens something for a while, or is known by its address.
_HARMLESS = regex(
    r"[sS]essions?$|^create[A-Z]\w*View$|^(?:billingPortal|ephemeralKeys|accountLinks|loginLinks|portal|setupIntents|tokens|calculations|uploads"
    r"|contacts)$"
)
_LOOKS = {"list", "search"}
_CLAIM_FIRST = "claim a key in a mutation before the call"


class Doing(msgspec.Struct, frozen=True):
    """A call that would do its work again when repeated."""

    what: str
    way_out: str
    confidence: Confidence


def doing(call: External, via: tuple[HelperCall, ...]) -> Doing | None:
    """What a call does outside, if it does something that a repetition would do twice."""
    if not call.package or is_http_client(call):
        return _request(call, via)
    return _service(call, via) if is_service(call) else None


def is_keyed(call: External, way: Way) -> bool:
    """Whether a key stands with the call, or something on the way claims one first."""
    if any(_KEY.search(word) for word in spelled(followed(call.body, *call.arguments))):
        return True
    if any(_is_claimed(step) for step in (call, *way.reached.via)):
        return True
    bodies = (call.body, *(step.body for step in way.reached.via))
    return any(around <= {call} for body in bodies for around in _keys(body))


def fresh_key(call: External, way: Way) -> n.Property | None:
    """The key of a call, if each attempt makes another one: `{ idempotencyKey: crypto.randomUUID() }`."""
    if any(_is_claimed(step) for step in (call, *way.reached.via)):
        return None
    for node in followed(call.body, *call.arguments):
        named_key = isinstance(node, n.Property) and node.key is not None and _KEY.search(node.key)
        if named_key and isinstance(node, n.Property) and _is_fresh(call.body, node.value):
            return node
    return None


def _is_fresh(body: Body, node: n.Expression) -> bool:
    """Whether a text is random, or has the moment in it; a day made of the moment is the same for a while."""
    match body.value(node):
        case vs.Result(step=Random()) | vs.Result(step=Clock(), path=()):
            return True
        case vs.Result(step=External(package=package)):
            return package in _RANDOM_PACKAGES
        case vs.Computed(node=n.Template(parts=parts)):
            return any(_is_fresh(body, part) for part in parts)
        case vs.Computed(node=n.Binary(operator="+", left=left, right=right)):
            return _is_fresh(body, left) or _is_fresh(body, right)
    return False


def _is_claimed(step: Step) -> bool:
    """Whether a step is made only if a mutation granted it: `if (!(await ctx.runMutation(…))) return`."""
    for test in step.tests:
        for value in results(test, step.body):
            if isinstance(value.step, Run) and value.step.method == "runMutation" and not value.path:
                mutation = step.body.project.resolve(value.step.target)
                if mutation is not None and _grants(mutation):
                    return True
    return False


def _grants(mutation: Function) -> bool:
    """Whether a mutation looks, writes, and refuses with `null` or `false` where there is nothing to do."""
    kinds = {type(each.step) for each in mutation.reached}
    if mutation.body is None or Write not in kinds or not kinds & {Read, Get}:
        return False
    given = (mutation.body.value(returned) for returned in mutation.body.returns())
    return any(value in {vs.Literal(None), vs.Literal(value=False)} for value in given)


@lru_cache(maxsize=4096)
def _keys(body: Body) -> frozenset[frozenset[External]]:
    """The calls out around each word of a body that tells of a key; in one, it is none for another."""
    calls = [step for step in body.steps if isinstance(step, External)]
    return frozenset(
        frozenset(call for call in calls if holds(call.node, node))
        for node in walk(body.function)
        if any(_KEY.search(word) or _CLAIM.search(word) for word in spelled((node,)))
    )


def _service(call: External, via: tuple[HelperCall, ...]) -> Doing | None:
    if _is_sent_later(call):
        return None
    special = SERVICES[call.package]
    claim = f"{_CLAIM_FIRST}, and record the outcome"
    way_out = f"{special}, made from what caused the call" if special else claim
    harmless = any(map(_HARMLESS.search, call.path)) or _is_missing(call, via)
    harmless = harmless or is_replaced(call, call.arguments, call.package) or is_refused(call)
    return Doing(named(call), way_out, Confidence.MEDIUM if harmless else Confidence.HIGH)


def _is_sent_later(call: External) -> bool:
    """Whether it is a command that a client sends below: `client.send(new SendEmailCommand(…))`."""
    return call.name.endswith("Command") and any(
        isinstance(step, External) and step.package == call.package and step.name == "send"
        for step in call.body.steps
    )


def _is_missing(call: External, via: tuple[HelperCall, ...]) -> bool:
    """Whether the service was asked for it first, and it is made only if there is none."""
    if call.name != "create":
        return False
    where = plain_path(call)[:-1]
    return any(
        isinstance(value.step, External)
        and value.step.package == call.package
        and value.step.name in _LOOKS
        and plain_path(value.step)[:-1] == where
        for step in (call, *via)
        for test in step.tests
        for value in results(test, step.body)
    )


def _request(call: External, via: tuple[HelperCall, ...]) -> Doing | None:
    arguments = _sent(call)
    method = _method(call, arguments, via)
    if method is None:
        return None
    words = set(spelled(followed(call.body, *arguments[1:])))
    url = arguments[0]
    address = " ".join(sorted(_texts(url, call.body, via) | set(spelled(followed(call.body, url)))))
    mutates = any(
        map(MUTATION.match, words | {text for each in arguments[1:] for text in _texts(each, call.body, via)})
    )
    asks = ASKING.search(address) or words & ASKING_WORDS or words >= MODEL_WORDS
    if (asks and not mutates) or _is_named(call, address):
        return None
    here = HERE.search(address) is not None
    host = None if here else HOST.search(address)
    what = f"{method} to {host[1]}" if host else f"{method} by {named(call)}"
    way_out = f"send an `Idempotency-Key` header made from what caused the call, or {_CLAIM_FIRST}"
    sure = method in _UNREPEATABLE and not mutates and _does_again(call, arguments, address, words)
    sure = sure and not _is_update(call, url, via)
    sure = sure and not (here and not _is_of_setting(call, url)) and not _is_passed_on(call, arguments, via)
    name = name_around(call, via)
    sure = sure and tells(call, url, address, name) and not TYPING.search(name) and not expects_refusal(call)
    return Doing(what, way_out, Confidence.HIGH if sure else Confidence.MEDIUM)


def _names(call: External, via: tuple[HelperCall, ...]) -> Iterator[str]:
    """What the code around a call is called: its function, and the helpers on the way."""
    for name in (call.body.name, *(name for step in via for name in (step.name, step.body.name))):
        yield HOW.sub("", name)


def _is_passed_on(call: External, arguments: tuple[n.Expression, ...], via: tuple[HelperCall, ...]) -> bool:
    """Whether names around say that a model is asked, or data say which method it is, and so what is done."""
    if any(map(MODELS.search, _names(call, via))):
        return True
    for options in arguments[:2]:
        part = part_of(written(options, call.body), "method")
        made_of = call.body.origins(part.value) if part is not None else ()
        if any(isinstance(each, vs.Result | vs.Argument) for each in made_of):
            return True
    return False


def _does_again(call: External, arguments: tuple[n.Expression, ...], address: str, words: set[str]) -> bool:
    """Whether nothing says that a second request would change nothing more."""
    if "/" not in address and not DOING.search(address):
        return False
    if (
        SETTLED.search(address)
        or OURS.search(address)
        or _is_taken(address)
        or words & (DELETING | REPEATED_COMMANDS)
    ):
        return False
    if not ELSEWHERE.search(address) and _says_which(call, arguments):
        return False
    if any(map(TYPING.search, (address, *words))) or _is_sign(call, arguments):
        return False
    if MARKING.match(call.body.name):
        return False
    if _is_referred_to(call, arguments, address) or _is_bell(call, arguments):
        return False
    if is_replaced(call, arguments[1:], address):
        return False
    return not _KEY.search(call.body.module.comment_above(call.node))


def _is_sign(call: External, arguments: tuple[n.Expression, ...]) -> bool:
    """Whether a message is only marked: as seen, or by a reaction, which replaces the one before."""
    for each in followed(call.body, *arguments[1:]):
        match each:
            case n.Property(key="status", value=n.String(value=state)) if state in SEEN:
                return True
            case n.Property(key="reaction", value=n.Object()):
                return True
    return False


def _is_bell(call: External, arguments: tuple[n.Expression, ...]) -> bool:
    """Whether a service of one's own is only told to look: it is sent nothing but a secret."""
    sent = [each for each in followed(call.body, *arguments[1:]) if isinstance(each, n.Property)]
    body = next((each.value for each in sent if each.key == "body"), None)
    given = [each for each in followed(call.body, body) if isinstance(each, n.Property)] if body else []
    return (
        bool(given)
        and _is_of_setting(call, arguments[0])
        and all(any(map(is_of_environment, call.body.origins(each.value))) for each in given)
    )


def _is_referred_to(call: External, arguments: tuple[n.Expression, ...], address: str) -> bool:
    """Whether what is sent has a name of one's own, which is the same each time."""
    taken = {name for where, name in TAKEN_NAMES if where in address}
    billed = BILLS.search(address) is not None
    return any(
        isinstance(each, n.Property)
        and each.key is not None
        and (REFERENCE.fullmatch(each.key) or each.key in taken or (billed and NUMBER.fullmatch(each.key)))
        and not _is_fresh(call.body, each.value)
        for each in followed(call.body, *arguments[1:])
    )


def _is_of_setting(call: External, url: n.Expression) -> bool:
    """Whether an address is told by the deployment: `process.env.URL ?? "http://localhost:8000"`."""
    return any(map(is_of_environment, call.body.origins(url)))


def _is_taken(address: str) -> bool:
    """Whether the service refuses a second one, as GitHub a hook to the same address."""
    return any(where in address and made.search(address) for where, made in TAKEN)


def _is_update(call: External, url: n.Expression, via: tuple[HelperCall, ...]) -> bool:
    """Whether it is a POST to an object that is there, which sets what it says: `…/subscriptions/${id}`."""
    match written(url, call.body):
        case n.Template(parts=(n.String(value=start), *_, last)):
            plain = isinstance(last, n.String) or isinstance(
                traced(call.body.value(last), call.body, via)[0], vs.Literal
            )
            return any(each in start for each in SETTING) and not plain
    return False


def _is_named(call: External, address: str) -> bool:
    """Whether the service knows what is sent by a name, so that a second time replaces the first."""
    words = {word for name, word in NAMED_BY.items() if name in address}
    return bool(words) and not words.isdisjoint(spelled(walk(call.body.function)))


def _says_which(call: External, arguments: tuple[n.Expression, ...]) -> bool:
    """Whether an endpoint of one's own is told which run or job it is: it can know what it did already."""
    sent = followed(call.body, *arguments[1:])
    return any(isinstance(each, n.Property) and each.key and WORK.fullmatch(each.key) for each in sent)


def _sent(call: External) -> tuple[n.Expression, ...]:
    """The arguments of a request, those of `new Request(…)` if it is given one."""
    if call.package or len(call.arguments) != 1:
        return call.arguments
    match call.body.value(call.arguments[0]):
        case vs.Result(step=OtherCall(value=vs.Global(("Request",)), arguments=given), path=()):
            return given
    return call.arguments


def _method(call: External, arguments: tuple[n.Expression, ...], via: tuple[HelperCall, ...]) -> str | None:
    """The method of a request that changes something, from its name or its options."""
    if not arguments:
        return None
    name = plain_path(call)[-1].upper()
    found = {name} if call.package else set()
    for options in arguments[:2]:
        found |= {text.upper() for text in _option(call.body, options, "method", via)}
    return next(iter(sorted(found & (_UNREPEATABLE | _REPEATABLE))), None)


def _option(body: Body, options: n.Expression, key: str, via: tuple[HelperCall, ...]) -> set[str]:
    """The strings that an option can be, also those that a helper is given: `{ ...init }`."""
    value = body.value(options)
    part = part_of(value.node if isinstance(value, vs.Computed) else options, key)
    if part is not None:
        return _texts(part.value, body, via)
    known = body.member(value, key)
    given = (traced(part, body, via)[0] for part in alternatives(known))
    return {part.value for part in given if isinstance(part, vs.Literal) and isinstance(part.value, str)}


def _texts(node: n.Expression | None, body: Body, via: tuple[HelperCall, ...]) -> set[str]:
    """The strings that an expression is made of, and the names of the settings in it."""
    if node is None:
        return set()
    found: set[str] = set()
    for value in origins(node, body, via):
        if isinstance(value, vs.Literal) and isinstance(value.value, str):
            found.add(value.value)
        elif (name := variable_of(value)) is not None:
            found.add(name)
    return found
