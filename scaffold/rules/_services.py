"""Packages whose calls leave the system: clients of HTTP, and of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from scaffold.model.steps import External

DOING = regex(
    r"^(?:[Cc]reate|[Ss]end|[Cc]harge|[Cc]apture|[Rr]efund|[Tt]ransfer|[Pp]ay|[Pp]ost|[Pp]ublish|[Tt]rigger|[Nn]otify"
    r"|[Ss]ubmit)(?![a-z])"
)
# What makes an object or a token here, and nothing at the service.
_MAKING = regex(
    r"^create\w*(Transport|Client|Account|Token|Cookie|Url|URL|Link|Signature|Hash|Payload|Preview)$"
)
# Services whose calls change something, and how each takes a key; "" where it takes none.
SERVICES = {
    "stripe": "pass `{ idempotencyKey: … }` as the last argument",
    "resend": "pass `{ idempotencyKey: … }` as the second argument",
    "@paddle/paddle-node-sdk": "",
    "@lemonsqueezy/lemonsqueezy.js": "",
    "@sendgrid/mail": "",
    "twilio": "",
    "postmark": "",
    "nodemailer": "",
    "mailgun.js": "",
    "square": "put an `idempotencyKey` into the request",
    "braintree": "",
    "razorpay": "",
    "@paypal/checkout-server-sdk": "set the `PayPal-Request-Id` header",
    "@slack/web-api": "pass a `client_msg_id`",
    "expo-server-sdk": "",
    "firebase-admin": "",
    "web-push": "",
    "@novu/node": "pass a `transactionId`",
    "loops": "pass an `Idempotency-Key` header",
    "@aws-sdk/client-ses": "",
    "@aws-sdk/client-sns": "",
    "@aws-sdk/client-sqs": "",
    "@octokit/rest": "",
    "@linear/sdk": "",
    "@mailchimp/mailchimp_transactional": "",
    "@polar-sh/sdk": "",
    "plaid": "",
    "@onesignal/node-onesignal": "",
    "@aws-sdk/client-sesv2": "",
    "@getbrevo/brevo": "",
    "@hubspot/api-client": "",
    "@mollie/api-client": "pass an `idempotencyKey`",
    "@mux/mux-node": "",
    "@notionhq/client": "",
    "@octokit/core": "",
    "@vonage/server-sdk": "",
    "airtable": "",
    "docusign-esign": "",
    "dodopayments": "",
    "googleapis": "",
    "grammy": "",
    "mailersend": "",
    "mercadopago": "pass an `idempotencyKey` among the request options",
    "node-telegram-bot-api": "",
    "octokit": "",
    "plivo": "",
    "telegraf": "",
    "telnyx": "",
}
_MODELS = {
    "openai": regex(r"^(create|parse|stream|generate)$"),
    "@anthropic-ai/sdk": regex(r"^(create|stream)$"),
    "@google/generative-ai": regex(r"^(generateContent|sendMessage|embedContent)"),
    "ai": regex(r"^(generate|stream)(Text|Object)$|^embed(Many)?$"),
    "replicate": regex(r"^(run|create)$"),
}
# Clients of databases and files elsewhere, and the methods that talk to them.
_REMOTE = {
    "graphql-request": regex(r"^(request|rawRequest|batchRequests)$"),
    "@upstash/redis": regex(
        r"^(get|set|del|incr|decr|expire|exists|mget|mset|hget|hset|lpush|rpush|publish)\w*$"
    ),
    "@upstash/ratelimit": regex(r"^limit$"),
    "@upstash/qstash": regex(r"^publish(JSON)?$"),
    "@supabase/supabase-js": regex(r"^(from|select|insert|update|upsert|delete|rpc|invoke|upload|download)$"),
}
_REMOTE_SENDER = regex(r"^@aws-sdk/client-")
_HTTP = {"axios", "ky", "got", "ofetch", "node-fetch", "cross-fetch", "undici", "wretch", "superagent"}
_SENDING = {"default", "fetch", "request", "get", "head", "post", "put", "patch", "delete", "ofetch"}


def plain_path(call: External) -> tuple[str, ...]:
    """The names on the way from the package to the function, without the calls between."""
    return tuple(name for name in call.path if name != "()")


def is_http_client(call: External) -> bool:
    """Whether it is a request of a package such as axios."""
    path = plain_path(call)
    return call.package in _HTTP and bool(path) and path[-1] in _SENDING


def is_service(call: External) -> bool:
    """Whether it makes a service do something."""
    path = plain_path(call)
    if call.package not in SERVICES or not path:
        return False
    return DOING.match(path[-1]) is not None and _MAKING.match(path[-1]) is None


def leaves(call: External) -> bool:
    """Whether the call goes out over the network."""
    path = plain_path(call)
    model = _MODELS.get(call.package)
    asks = model is not None and bool(path) and model.match(path[-1]) is not None
    return not call.package or is_http_client(call) or is_service(call) or asks or _is_remote(call, path)


def _is_remote(call: External, path: tuple[str, ...]) -> bool:
    """Whether it talks to a database or to files elsewhere."""
    methods = _REMOTE.get(call.package)
    last = path[-1] if path else ""
    if methods is None:
        return last == "send" and _REMOTE_SENDER.match(call.package) is not None
    return methods.match(last) is not None


def named(call: External) -> str:
    """The call as a message spells it: `fetch`, `axios.post`, `stripe.refunds.create`."""
    path = plain_path(call)
    if not call.package:
        return "fetch"
    names = path[1:] if len(path) > 1 else tuple(name for name in path if name != "default")
    return ".".join((call.package, *names))
