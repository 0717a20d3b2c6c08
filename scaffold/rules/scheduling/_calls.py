"""Calls to the world outside that change something there, and the keys that make repeating them harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.findings import Confidence
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.options import part_of
from scaffold.model.steps import (
    BranchFrame,
    Clock,
    External,
    Get,
    OtherCall,
    Random,
    Read,
    Run,
    Write,
)
from scaffold.rules._nodes import followed, spelled, walk
from scaffold.rules._services import SERVICES, is_http_client, is_service, named, plain_path
from scaffold.rules._ways import is_of_environment, origins, results, traced
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import HelperCall, Step
    from scaffold.rules._ways import Way

# HTTP promises that a second PUT or DELETE changes nothing more, and PATCH mostly sets what it says.
_REPEATABLE = {"PUT", "DELETE", "PATCH"}
_UNREPEATABLE = {"POST"}
# POST that asks instead of doing: models, searches, tokens, checks.
_ASKING = regex(
    r"openai|anthropic|claude|gemini|generativelanguage|groq|mistral|openrouter|cohere|together\.|perplexity"
    r"|api\.x\.ai|deepseek|voyage|elevenlabs|deepgram|assemblyai|replicate|fal\.(run|ai)|stability|hugging"
    r"|tavily|exa\.ai|firecrawl|serper|ollama|\bllm\b|cerebras|fireworks|jina\.ai|runpod|modal\.run|vertex"
    r"|graphql|\bgql\b|search|/query|token|oauth|embed|completion|verif|introspect|validat|lookup|log-?in\b|/auth"
    r"|session|generat|translat|predict|infer|analy[sz]|/parse|extract|scrape|crawl|preview|quote|estimate"
    r"|calculat|/rpc|revoke|transcri|summar|classif|moderat|batchget|tts|speech|geocod|maps\.|captcha"
    r"|turnstile|posthog|segment\.|analytics|sentry|telemetry|/logs?\b|mixpanel|axiom|presign|revalidat"
    r"|/ping|/health|/pull\b|cloudconvert|convertapi|gotenberg|virustotal|(?<![a-z])dify|/pdf(?![a-z])|/scans?\b|/list\b|_keys?\b|[/_]get_|(?-i:/(?:get|list|find|fetch|count)(?![a-z]))"
    r"|/initiali[sz]e\b",
    re.IGNORECASE,
)
_ASKING_WORDS = {"prompt", "max_tokens", "temperature", "embedding", "embeddings", "grant_type", "jsonrpc"}
_MODEL_WORDS = {"model", "messages"}
# Addresses where a second time changes nothing more: what is gone, joined or set already, what has a name of
# its own, what is brought to agree with something else, links that are only looked at, and alerts.
_SETTLED = regex(
    r"/delete|/remove|/disable|/cancel|/deactivate|/archive|/unsubscribe|/newsletter|/typing\b|eventsub"
    r"|/git/refs|/_bulk\b|/settle\b|/join\b|/reconcile\b|/domains?\b|/subscribed_apps|/account_links|/login_links"
    r"|/ephemeral_keys|/setup_intents|/alerts?\b|/editMessage|slack\.com/api/(?:chat\.(?:update|delete)"
    r"|reactions\.|conversations\.(?:join|open)|views\.(?:publish|update))"
    r"|/(?:[a-z]+[-_]?)?status(?![\w/-])|/(?:reactions?|presence|read|seen|mark_?(?:as_?)?(?:read|seen))(?![\w/-])",
    re.IGNORECASE,
)
# What a service does once for an address or a name, by a part of where it is and what is made there.
_TAKEN = (
    ("/repos/", regex(r"(?<!/)/hooks(?![\w./])")),
    ("api.brevo.", regex(r"/contacts(?![\w/])")),
    ("api.hubapi.", regex(r"/contacts(?![\w/])")),
    ("api.clerk.", regex(r"/users(?![\w/])|/invitations(?![\w/])")),
)
_TYPING = regex(r"(?:^|[^a-z])[Tt]yping|(?<=[a-z])Typing")  # the sign that somebody is writing
_SEEN = {"read", "seen", "delivered"}  # `{ status: "read" }`: the ticks beside a message
_HERE = regex(r"://(?:localhost|127\.|0\.0\.0\.0|\[::1\])")  # something that is watched while it is written
_ELSEWHERE = regex(r"://[\w-]+\.\w")  # a host that stands there, and is not told by the deployment
_HOST = regex(r"://((?:[\w-]+\.)+[\w-]+)(?=[/:?\s]|$)")
_SETTING = ("api.stripe.com/v1/", "api.xero.com/api.xro/")  # a POST to an object sets what it says
_DELETING = {
    "delete",
    "remove",
    "disable",
    "enable",
    "deactivate",
    "ban",
    "revoke",
    "archive",
}  # `{ action: "delete" }`: once it is gone, it stays gone
# Commands of Redis, sent as JSON, that come to the same when they are sent again.
_REPEATED_COMMANDS = {"DEL", "UNLINK", "EXPIRE", "SETEX", "HSET", "HDEL", "SADD", "SREM", "ZREM"}
_DOING = regex(
    r"pay|charg|order|mail|sms|send|invoice|refund|transfer|book|subscri|hook|notif", re.IGNORECASE
)
# What changes something for somebody each time, by the address, or by what the code around calls it.
_DOES = regex(
    r"send|(?<!con)sent|notif|creat|charg|pay(?!load)|(?<![bd])order|(?<!face)book(?!mark)|refund|transfer|invoice|subscri"
    r"|sms|mail|messag|alert|hook|trigger|dispatch|submit|issue(?!r)|ticket|publish|post(?!hog|gres|code|man)|push"
    r"|insert|append|(?<![a-z])add(?!r)|invit|remind|digest|announc|broadcast|blast|deploy|provision|redeem|purchase"
    r"|checkout|fulfil|shipment|(?<![a-z])print|payout|(?<![a-z])mint|withdraw|deposit|reserv|schedul|enqueue|comment"
    r"|reply|tweet|/tags|/notes|/events|/calls|place\w*call|make\w*call|usage|(?<![a-z])track(?!ing)|ingest"
    r"|stripe\.com|/sobjects/",
    re.IGNORECASE,
)
# `postPipeline`, `sendRequest`: the name says how, and not what.
_HOW = regex(
    r"^_*(?:(?:do|make)P|p)ost(?=$|[A-Z_])"
    r"|^_*(?:send|dispatch)(?:[aA]pi|[hH]ttp|[rR]aw|[sS]igned|_)*(?:[rR]equest|[jJ]son|JSON|[hH]ttp)(?![a-z])"
)
# `POST /users`: a collection is posted to, to make one more of it.
_COLLECTION = regex(
    r"/(?!\w*(?:status|metrics|insights|stats|settings|preferences|analysis|results|credentials)\b)"
    r"[a-zA-Z_-]*[a-rt-z]s(?![\w/-])"
)
_MUTATION = regex(r"\s*mutation\s*(?:\w+\s*)?[({]")  # of GraphQL
_RANDOM_PACKAGES = {"nanoid", "uuid", "ulid", "crypto", "node:crypto"}
_KEY = regex(
    r"idempot|de-?dup|request[-_]?id|client[-_]?token|client[-_]?request|x-message-id|nonce|deliver\w*[-_]?id",
    re.IGNORECASE,
)
_CLAIM = regex(r"claim|acquire|onlyOnce|exactlyOnce|reserve[A-Z]|withLock|alreadySent", re.IGNORECASE)
_HARMLESS_OBJECTS = {
    "sessions",
    "billingPortal",
    "ephemeralKeys",
    "accountLinks",
    "loginLinks",
    "portal",
    "setupIntents",
    "tokens",
    "calculations",
    "uploads",
}
# Services that take what comes under the same name for the same, and the field that says it.
_NAMED_BY = {"cloudinary": "public_id"}
# What an endpoint of one's own is given to know the work by, in the whole of what it is sent.
_WORK = regex(
    r"(?:run|job|task|execution|attempt|event|message|delivery|transaction|batch|campaign|broadcast|blast)_?id",
    re.IGNORECASE,
)
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
    return _service(call) if is_service(call) else None


def is_keyed(call: External, way: Way) -> bool:
    """Whether a key stands with the call, or something on the way claims one first."""
    if any(_KEY.search(word) for word in spelled(followed(call.body, *call.arguments))):
        return True
    if any(_is_claimed(step) for step in (call, *way.reached.via)):
        return True
    bodies = [call.body, *(step.body for step in way.reached.via)]
    words = {word for body in bodies for word in spelled(_besides(body, call))}
    return any(_KEY.search(word) or _CLAIM.search(word) for word in words)


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
    tests = [frame.test for frame in step.frames if isinstance(frame, BranchFrame)]
    for test in (*tests, *step.after_exit):
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


def _besides(body: Body, call: External) -> Iterator[n.Node]:
    """The nodes of a body without those of other calls out: a key in one is none for another."""
    others = [step.node for step in body.steps if isinstance(step, External) and step is not call]
    for node in walk(body.function):
        if not any(other.start <= node.start and node.end <= other.end for other in others):
            yield node


def _service(call: External) -> Doing:
    special = SERVICES[call.package]
    claim = f"{_CLAIM_FIRST}, and record the outcome"
    way_out = f"{special}, made from what caused the call" if special else claim
    harmless = _HARMLESS_OBJECTS & set(call.path)
    return Doing(named(call), way_out, Confidence.MEDIUM if harmless else Confidence.HIGH)


def _request(call: External, via: tuple[HelperCall, ...]) -> Doing | None:
    arguments = _sent(call)
    method = _method(call, arguments, via)
    if method is None:
        return None
    words = set(spelled(followed(call.body, *arguments[1:])))
    url = arguments[0]
    address = " ".join(sorted(_texts(url, call.body, via) | set(spelled(followed(call.body, url)))))
    mutates = any(
        map(
            _MUTATION.match, words | {text for each in arguments[1:] for text in _texts(each, call.body, via)}
        )
    )
    asks = _ASKING.search(address) or words & _ASKING_WORDS or words >= _MODEL_WORDS
    if (asks and not mutates) or _is_named(call, address):
        return None
    here = _HERE.search(address) is not None
    host = None if here else _HOST.search(address)
    what = f"{method} to {host[1]}" if host else f"{method} by {named(call)}"
    way_out = f"send an `Idempotency-Key` header made from what caused the call, or {_CLAIM_FIRST}"
    sure = method in _UNREPEATABLE and not mutates and _does_again(call, arguments, address, words)
    sure = sure and not (here and not _is_of_setting(call, url))
    sure = sure and (
        bool(_COLLECTION.search(address)) or any(map(_DOES.search, (address, *_names(call, via))))
    )
    return Doing(what, way_out, Confidence.HIGH if sure else Confidence.MEDIUM)


def _names(call: External, via: tuple[HelperCall, ...]) -> Iterator[str]:
    """What the code around a call is called: its function, and the helpers on the way."""
    for name in (call.body.name, *(name for step in via for name in (step.name, step.body.name))):
        yield _HOW.sub("", name)


def _does_again(call: External, arguments: tuple[n.Expression, ...], address: str, words: set[str]) -> bool:
    """Whether nothing says that a second request would change nothing more."""
    if "/" not in address and not _DOING.search(address):
        return False
    if (
        _SETTLED.search(address)
        or _is_taken(address)
        or words & (_DELETING | _REPEATED_COMMANDS)
        or _is_update(call, arguments[0])
    ):
        return False
    if not _ELSEWHERE.search(address) and _says_which(call, arguments):
        return False
    if any(map(_TYPING.search, (address, *words))) or _is_sign(call, arguments):
        return False
    return not _KEY.search(call.body.module.comment_above(call.node))


def _is_sign(call: External, arguments: tuple[n.Expression, ...]) -> bool:
    """Whether a message is only marked: as seen, or by a reaction, which replaces the one before."""
    for each in followed(call.body, *arguments[1:]):
        match each:
            case n.Property(key="status", value=n.String(value=state)) if state in _SEEN:
                return True
            case n.Property(key="reaction", value=n.Object()):
                return True
    return False


def _is_of_setting(call: External, url: n.Expression) -> bool:
    """Whether an address is told by the deployment: `process.env.URL ?? "http://localhost:8000"`."""
    return any(map(is_of_environment, call.body.origins(url)))


def _is_taken(address: str) -> bool:
    """Whether the service refuses a second one, as GitHub a hook to the same address."""
    return any(where in address and made.search(address) for where, made in _TAKEN)


def _is_update(call: External, url: n.Expression) -> bool:
    """Whether it is a POST to an object that is there, which sets what it says: `…/subscriptions/${id}`."""
    value = call.body.value(url)
    match value.node if isinstance(value, vs.Computed) else url:
        case n.Template(parts=(n.String(value=start), *_, last)):
            return any(each in start for each in _SETTING) and not isinstance(last, n.String)
    return False


def _is_named(call: External, address: str) -> bool:
    """Whether the service knows what is sent by a name, so that a second time replaces the first."""
    words = {word for name, word in _NAMED_BY.items() if name in address}
    return bool(words) and not words.isdisjoint(spelled(walk(call.body.function)))


def _says_which(call: External, arguments: tuple[n.Expression, ...]) -> bool:
    """Whether an endpoint of one's own is told which run or job it is: it can know what it did already."""
    sent = followed(call.body, *arguments[1:])
    return any(isinstance(each, n.Property) and each.key and _WORK.fullmatch(each.key) for each in sent)


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
    parts = known.values if isinstance(known, vs.Mixed) else (known,)
    given = (traced(part, body, via)[0] for part in parts)
    return {part.value for part in given if isinstance(part, vs.Literal) and isinstance(part.value, str)}


def _texts(node: n.Expression | None, body: Body, via: tuple[HelperCall, ...]) -> set[str]:
    """The strings that an expression is made of, and the names of the settings in it."""
    if node is None:
        return set()
    found: set[str] = set()
    for value in origins(node, body, via):
        match value:
            case vs.Literal(value=str(text)):
                found.add(text)
            case vs.Global(path=("process", "env", name)):
                found.add(name)
            case _:
                pass
    return found
