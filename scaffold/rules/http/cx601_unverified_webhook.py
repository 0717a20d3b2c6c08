"""A route takes a request from anyone and changes data by what it says.

Why:
    A route has an address that anybody can find and call. Without a signature or a token, whoever sends
    the right JSON has paid the order or created the user.

Bad:
    ```ts
    // convex/http.ts
    import { httpRouter } from "convex/server";
    import { internal } from "./_generated/api";
    import { httpAction } from "./_generated/server";

    const http = httpRouter();

    http.route({ // <- CX601
      path: "/payments",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const event = await request.json();
        await ctx.runMutation(internal.orders.markPaid, { orderId: event.orderId });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;
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
      path: "/payments",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const body = await request.text();
        const event = new Webhook(process.env.WEBHOOK_SECRET!).verify(body, {
          "svix-id": request.headers.get("svix-id")!,
          "svix-timestamp": request.headers.get("svix-timestamp")!,
          "svix-signature": request.headers.get("svix-signature")!,
        });
        await ctx.runMutation(internal.orders.apply, { event });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;
    ```

Way out:
    Read the body once with `request.text()`, verify the provider's signature over it, and only then parse
    it. For calls of your own servers, compare a header with a secret of the deployment.

Exceptions:
    - A signature, a token, a session or an identity checked in the handler, in a helper, or in the function
      that it runs.
    - Routes that read no body or change nothing, and those whose handler is a library's.
    - Handlers that hand the request to something out of sight.
    - Routes of Hono's from which a middleware may keep requests.
    - Paths that collect what strangers send (`/track`, `/events`, `/contact`, `/leads`) are of medium
      confidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.wiring import Route
from scaffold.rules.http._webhooks import body_reads, changes_state, effects, is_blind, is_verified
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

# Paths that collect what browsers of strangers send: meant to be open, as far as a name can say.
_COLLECTS = regex(
    r"track|beacon|pixel|analytics|telemetry|\bevents?\b|\bcollect\b|contact|feedback|newsletter"
    r"|\bleads?\b|wait-?list|subscribe|(?:in|en)quir(?:y|ies)|\bforms?\b|submi(?:t|ssion)|\bappl(?:y|ications?)\b"
    r"|hiring|careers|register|sign-?up|checkout",
    re.IGNORECASE,
)
_TOLD = regex(r"hook|callback", re.IGNORECASE)


@rule("CX601", "unverified-webhook", Route, level=Level.ERROR, by_module="any")
def unverified_webhook(route: Route, rule: Rule) -> Iterator[Finding]:
    """One route, if nobody checks who sent the body that it acts on."""
    handler = route.handler
    if handler is None or not handler.builder.resolved or not changes_state(route):
        return
    read = next(body_reads(handler), None)
    effect = next(effects(handler), None)
    if read is None or effect is None or is_verified(handler) or is_blind(handler):
        return
    path = route.path if isinstance(route.path, str) else "…"
    yield rule.finding(
        route.place,
        f"route `{route.method} {path}` acts on a body that anyone can send",
        way_out="verify the sender's signature over `await request.text()` before acting, or compare a "
        "header with a secret of the deployment",
        symbol=f"{route.method} {path}",
        evidence=(
            Evidence(read[0].step.place, "the body is read here"),
            Evidence(effect.step.place, "and acted on here"),
        ),
        confidence=Confidence.MEDIUM if _is_open(path) else Confidence.HIGH,
    )


def _is_open(path: str) -> bool:
    """Whether a path says that strangers may send there, and not a service."""
    return bool(_COLLECTS.search(path)) and not _TOLD.search(path)
