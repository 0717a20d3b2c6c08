"""A verified webhook does its work again when the provider sends the event again.

Why:
    Every provider delivers at least once: after a slow answer, a restart or a click in its console, the
    same event comes again. An insert, an increment or a new item of a list then happens twice.

Bad:
    ```ts
    // convex/http.ts
    import { httpRouter } from "convex/server";
    import { Webhook } from "svix";
    import { internal } from "./_generated/api";
    import { httpAction } from "./_generated/server";

    const http = httpRouter();

    http.route({ // <- CX602
      path: "/webhooks/payments",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const body = await request.text();
        new Webhook(process.env.WEBHOOK_SECRET!).verify(body, {});
        await ctx.runMutation(internal.orders.addPayment, { body });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;

    // convex/orders.ts
    import { v } from "convex/values";
    import { internalMutation } from "./_generated/server";

    export const addPayment = internalMutation({
      args: { body: v.string() },
      handler: async (ctx, { body }) => {
        await ctx.db.insert("payments", { body });
      },
    });
    ```

Good:
    ```ts
    // convex/http.ts
    import { httpRouter } from "convex/server";
    import { Webhook } from "svix";
    import { internal } from "./_generated/api";
    import { httpAction } from "./_generated/server";

    const http = httpRouter();

    http.route({
      path: "/webhooks/payments",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const body = await request.text();
        const eventId = request.headers.get("svix-id")!;
        new Webhook(process.env.WEBHOOK_SECRET!).verify(body, {});
        await ctx.runMutation(internal.orders.addPayment, { eventId, body });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;

    // convex/orders.ts
    import { v } from "convex/values";
    import { internalMutation } from "./_generated/server";

    export const addPayment = internalMutation({
      args: { eventId: v.string(), body: v.string() },
      handler: async (ctx, { eventId, body }) => {
        const seen = await ctx.db
          .query("payments")
          .withIndex("by_eventId", (q) => q.eq("eventId", eventId))
          .unique();
        if (seen === null) await ctx.db.insert("payments", { eventId, body });
      },
    });
    ```

Way out:
    Pass the provider's event id (`svix-id`, Stripe's `event.id`, `X-GitHub-Delivery`) to the mutation, look
    it up by an index there, and do the work in the same mutation only where it is new.

Exceptions:
    - Effects that can be repeated: upserts that read the table first, patches to fixed values, deletes.
    - What is inserted only where a document was not there yet; an action may have asked for it.
    - What an action sends or charges with a key, after looking something up, or only where what is stored
      says so.
    - Tables that keep what was asked, not what was done: audits, rate limits, metrics, feeds of activities;
      and how often something failed.
    - Anything on the way that speaks of an event id, a delivery, a claim or of what was processed; an id
      that is only signed, such as `svix-id`, where it is handed on. What is only logged, handed to a
      function that never looks at it, looked up in a table that nothing on the way writes, or found again
      and worked on all the same, does not count. What is only written down, where nothing on the way reads
      that table, is of medium confidence.
    - Routes that are no webhooks: without a signature and with another address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.steps import (
    External,
    HelperCall,
    OtherCall,
)
from scaffold.model.wiring import Route
from scaffold.rules._ways import traced
from scaffold.rules.http._digests import makes_digest
from scaffold.rules.http._event_ids import hands_on_id, knows_events, never_kept, only_noted, only_stored
from scaffold.rules.http._headers import is_header
from scaffold.rules.http._repeats import looked_up_first, set_going, unrepeatable
from scaffold.rules.http._webhooks import (
    changes_state,
    is_signature_check,
    is_verified,
    targets,
)
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_HOOK = regex(r"hook|callback|notify|/stripe|/clerk|/github|/polar|/paddle|/lemon", re.IGNORECASE)
_SIGNATURE = regex(r"signature|hmac|^svix-", re.IGNORECASE)  # the header of one
_COMPARES = regex(r"constant_?time|timing_?safe", re.IGNORECASE)  # secrets of all kinds
_KEEPS = regex(r"events?|logs?|hooks?|deliver|inbox|history", re.IGNORECASE)  # all that came, as it came
_HOPS = 3


@rule("CX602", "webhook-without-dedupe", Route, level=Level.WARNING, by_module="any")
def webhook_without_dedupe(route: Route, rule: Rule) -> Iterator[Finding]:
    """One webhook, if a repeated event would be worked on twice."""
    handler = route.handler
    if handler is None or not changes_state(route) or not _is_webhook(route, handler):
        return
    functions = list(_followed(handler, _HOPS))
    known = any(map(knows_events, functions)) or hands_on_id(handler)
    stored = known and not hands_on_id(handler) and only_stored(functions)
    vain = known and (never_kept(functions) or only_noted(functions))
    if known and not stored and not vain:
        return
    first = looked_up_first(functions)
    writes = (
        found
        for function in functions
        for found in unrepeatable(function, first.get(function.identifier, set()))
    )
    write = next((found for found in writes if not stored or not _KEEPS.search(str(found[0].table))), None)
    if write is not None:
        done: Step = write[0]
        deed = f"{write[1]} {_named(write[0].table)}"
    else:
        sent = next(set_going(functions), None)
        if sent is None:
            return
        done, what = sent
        deed = f"does {what}"
    yield rule.finding(
        route.place,
        f"webhook `{route.address}` {deed} again when the same event is delivered again",
        way_out="claim the provider's event id in the mutation that does the work: look it up by an index "
        "and stop if it is there",
        symbol=f"{route.method} {route.address}",
        evidence=(Evidence(done.place, "this happens once for each delivery"),),
        confidence=Confidence.MEDIUM if stored and not vain else Confidence.HIGH,
    )


def _is_webhook(route: Route, handler: Function) -> bool:
    if route.verified:
        return True
    signed = any(
        is_signature_check(reached.step)
        and not _COMPARES.search(reached.step.name)
        and not makes_digest(reached.step.name)
        for reached in handler.reached
        if isinstance(reached.step, HelperCall | OtherCall | External)
    )
    named = isinstance(route.path, str) and _HOOK.search(route.path)
    return bool(signed or named or any(map(_reads_signature, handler.reached))) and is_verified(handler)


def _reads_signature(reached: Reached) -> bool:
    """`request.headers.get("x-acme-signature")`."""
    step = reached.step
    if not isinstance(step, OtherCall):
        return False
    asked, _, _ = traced(step.value, step.body, reached.via)
    return is_header(asked) and any(
        isinstance(each, n.String) and _SIGNATURE.search(each.value) for each in step.arguments
    )


def _followed(function: Function, hops: int, seen: set[str] | None = None) -> Iterator[Function]:
    """A function, and those that it runs or schedules."""
    seen = set() if seen is None else seen
    if function.identifier in seen:
        return
    seen.add(function.identifier)
    yield function
    if hops:
        for target in targets(function):
            yield from _followed(target, hops - 1, seen)


def _named(table: str | vs.Unknown) -> str:
    return "a table" if isinstance(table, vs.Unknown) else f"`{table}`"
