"""Calls to the world outside that change something there, and the keys that make repeating them harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence
from scaffold.model import values as vs
from scaffold.model.steps import External
from scaffold.rules._nodes import followed, part_of, spelled, walk
from scaffold.rules._services import SERVICES, is_http_client, is_service, named, plain_path
from scaffold.rules._ways import origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import HelperCall
    from scaffold.rules._ways import Way
    from scaffold.source import nodes as n

_REPEATABLE = {"PUT", "DELETE"}  # HTTP promises that a second one changes nothing more
_UNREPEATABLE = {"POST", "PATCH"}
# POST that asks instead of doing: models, searches, tokens, checks.
_ASKING = re.compile(
    r"openai|anthropic|claude|gemini|generativelanguage|groq|mistral|openrouter|cohere|together\.|perplexity"
    r"|api\.x\.ai|deepseek|voyage|elevenlabs|deepgram|assemblyai|replicate|fal\.(run|ai)|stability|hugging"
    r"|tavily|exa\.ai|firecrawl|serper|ollama|\bllm\b|cerebras|fireworks|jina\.ai|runpod|modal\.run|vertex"
    r"|graphql|search|/query|token|oauth|embed|completion|verif|introspect|validat|lookup|log-?in\b|/auth"
    r"|session|generat|translat|predict|infer|analy[sz]|/parse|extract|scrape|crawl|preview|quote|estimate"
    r"|calculat|/rpc|revoke|transcri|summar|classif|moderat|batchget|tts|speech|geocod|maps\.|captcha"
    r"|turnstile|posthog|segment\.|analytics|sentry|telemetry|/logs?\b|mixpanel|axiom|presign|revalidat"
    r"|/ping|/health|/pull\b|virustotal|/scans?\b",
    re.IGNORECASE,
)
_ASKING_WORDS = {"prompt", "max_tokens", "temperature", "embedding", "embeddings", "grant_type", "jsonrpc"}
_MODEL_WORDS = {"model", "messages"}
_DOING = re.compile(
    r"pay|charg|order|mail|sms|send|invoice|refund|transfer|book|subscri|hook|notif", re.IGNORECASE
)
_KEY = re.compile(
    r"idempot|de-?dup|request[-_]?id|client[-_]?token|client[-_]?request|x-message-id|nonce|deliver\w*[-_]?id",
    re.IGNORECASE,
)
_CLAIM = re.compile(r"claim|acquire|onlyOnce|exactlyOnce|reserve[A-Z]|withLock|alreadySent", re.IGNORECASE)
_HARMLESS_OBJECTS = {
    "sessions",
    "billingPortal",
    "ephemeralKeys",
    "accountLinks",
    "loginLinks",
    "portal",
    "setupIntents",
    "tokens",
}
_CLAIM_FIRST = "claim a key in a mutation before the call"


@dataclass(frozen=True, slots=True)
class Doing:
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
    bodies = [call.body, *(step.body for step in way.reached.via)]
    words = {word for body in bodies for word in spelled(_besides(body, call))}
    return any(_KEY.search(word) or _CLAIM.search(word) for word in words)


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
    method = _method(call, via)
    if method is None:
        return None
    words = set(spelled(followed(call.body, *call.arguments[1:])))
    url = call.arguments[0]
    address = " ".join(sorted(_texts(url, call.body, via) | set(spelled(followed(call.body, url)))))
    if _ASKING.search(address) or words & _ASKING_WORDS or words >= _MODEL_WORDS:
        return None
    known = "/" in address or _DOING.search(address)
    host = re.search(r"://([\w.-]+)", address)
    what = f"{method} to {host[1]}" if host else f"{method} by {named(call)}"
    way_out = f"send an `Idempotency-Key` header made from what caused the call, or {_CLAIM_FIRST}"
    sure = known and method in _UNREPEATABLE
    return Doing(what, way_out, Confidence.HIGH if sure else Confidence.MEDIUM)


def _method(call: External, via: tuple[HelperCall, ...]) -> str | None:
    """The method of a request that changes something, from its name or its options."""
    if not call.arguments:
        return None
    name = plain_path(call)[-1].upper()
    found = {name} if call.package else set()
    for options in call.arguments[:2]:
        texts = _texts(_option(call.body, options, "method"), call.body, via)
        found |= {text.upper() for text in texts}
    return next(iter(sorted(found & (_UNREPEATABLE | _REPEATABLE))), None)


def _option(body: Body, options: n.Expression, key: str) -> n.Expression | None:
    value = body.value(options)
    part = part_of(value.node if isinstance(value, vs.Computed) else options, key)
    return part.value if part else None


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
