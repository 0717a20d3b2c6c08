"""An action makes a call outside that is not safe to repeat, and gives no idempotency key.

Why:
    An action can fail after the provider has done its work and before the answer arrives. Whoever retries
    it, a wrapper, a person or a client, then charges twice or sends twice. A key that the provider knows,
    or a claim in the database, makes the second call harmless.

Bad:
    ```ts
    // convex/payments.ts
    import { v } from "convex/values";
    import { internalAction } from "./_generated/server";

    export const charge = internalAction({
      args: { orderId: v.id("orders"), amount: v.number() },
      handler: async (ctx, { orderId, amount }) => {
        await fetch("https://api.example.com/charges", { // <- CX401
          method: "POST",
          body: JSON.stringify({ orderId, amount }),
        });
      },
    });
    ```

Good:
    ```ts
    // convex/payments.ts
    import { v } from "convex/values";
    import { internalAction } from "./_generated/server";

    export const charge = internalAction({
      args: { orderId: v.id("orders"), amount: v.number() },
      handler: async (ctx, { orderId, amount }) => {
        await fetch("https://api.example.com/charges", {
          method: "POST",
          headers: { "Idempotency-Key": `charge-${orderId}` },
          body: JSON.stringify({ orderId, amount }),
        });
      },
    });
    ```

Way out:
    Give the provider a key made from what caused the call (the order, the event), never from the clock or
    at random. Where the provider knows no keys, claim one in a mutation before the call and record the
    outcome in a mutation after it.

Exceptions:
    - GET and HEAD; PUT, PATCH and DELETE are reported with medium confidence, as they mostly may be
      repeated.
    - With medium confidence: actions called like those that ask or try (`fetchTolls`, `testSms`,
      `validateConnection`), or that fill what is new (`seedPrices`), and internal ones that nothing names
      and a comment says are run by hand (`npx convex run …`).
    - With medium confidence: what is sent to a model (`sendMessageToClaude`), papers that are made and given
      back (`generatePDF`), and requests whose method is told by data.
    - With medium confidence: POST whose address does not tell that something is sent, made or paid
      (`/convert` in `sendVoiceNote`, not `/sms/send`). Names tell only where it has no words, and at a
      collection (`/users` in `createUser`).
    - With medium confidence: what is sent with a `reference` of one's own, or an invoice with an `order_id`,
      and what a service was asked for first (`customers.list`) and is made only if there is none, or what
      it refuses the second time (`pulls.create` of GitHub, code that tells 409 from other answers), and what
      somebody has yet to pay (`checkouts.create`).
    - With medium confidence: requests to the routes of this deployment (`CONVEX_SITE_URL`), and those to a
      service of one's own that is sent nothing but a secret, so that it looks by itself.
    - POST that asks instead of doing: language models, searches, lists, tokens, queries of GraphQL,
      analytics. Mutations of GraphQL, and POST that says `"delete"`, are reported with medium confidence.
    - A call beside a key or a claim: a header, an option or a helper that speaks of idempotency, a request
      id, deduplication or a claim, or a mutation that looks, writes and can refuse.
    - A key that is random or holds the time of the call is reported with medium confidence.
    - Addresses that nobody can read are reported with medium confidence; so are those that come to the same
      a second time, as `/cancel`, `/approve`, `/status`, a like, a reaction or an object of Stripe that is
      set, a message to a device that has a `tag` there, those of one's own that are told which run, job or
      batch it is, and calls under a comment that speaks of idempotency.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.steps import External
from scaffold.rules._hands import is_run_by_hand
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule
from scaffold.rules.scheduling._addresses import ACTS, ASKS
from scaffold.rules.scheduling._calls import doing, fresh_key, is_keyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

# What a comment says of an action that somebody runs, and watches.
_BY_HAND = regex(
    r"\bconvex run\b|\b(?:run|call|invoke|trigger)[^.]{0,40}\b(?:manually|by hand|dashboard)\b", re.IGNORECASE
)
# What somebody sends to see if it arrives, or to fill what is new.
_TRIES = regex(
    r"^_*[sS]eed(?=[A-Z_]|$)|^test(?=[A-Z_]|$)|Test(?=[A-Z]|$)|[hH]ealth_?[cC]heck"
    r"|^_*(?:validate|verify|check)(?=[A-Z_])\w*(?:[cC]onnection|[eE]ndpoint|[iI]ntegration|[wW]ebhook)(?:_?[uU]rl|URL)?$"
)


@rule("CX401", "effect-without-key", External, level=Level.WARNING, by_module="any")
def effect_without_key(call: External, rule: Rule) -> Iterator[Finding]:
    """One call outside, if an action comes to it without a key."""
    for way in ways(call, {Kind.ACTION, Kind.HTTP}):
        done = doing(call, way.reached.via)
        if done is None:
            continue
        fresh = fresh_key(call, way)
        if fresh is None and is_keyed(call, way):
            continue
        what = (
            "with an idempotency key that every attempt makes anew" if fresh else "without an idempotency key"
        )
        key = (Evidence(call.body.module.at(fresh), "this differs each time"),) if fresh else ()
        name = way.function.name
        asks = _TRIES.search(name) or (ASKS.match(name) and not ACTS.search(name))
        watched = _BY_HAND.search(way.function.comment) is not None and is_run_by_hand(call)
        sure = way.confidence is Confidence.HIGH and not (fresh or asks or watched)
        yield rule.finding(
            call.place,
            f"{way.who} does {done.what} {what}",
            way_out=done.way_out,
            symbol=f"{way.function.identifier} {done.what}",
            evidence=(*key, *way.evidence()),
            confidence=done.confidence if sure else Confidence.MEDIUM,
        )
        return
