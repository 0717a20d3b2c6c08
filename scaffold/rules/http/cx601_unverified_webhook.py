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
      that it runs, if something comes of it: its answer is looked at, or its error reaches the sender. A
      look-up by a header is one, too, where whom it does not know is answered 401 or 403.
    - Routes that read no body or change nothing, and those whose handler is a library's.
    - With medium confidence: routes that act on the body first and check afterwards, other than to log it,
      and those that check nothing while the secret of the deployment is not set.
    - Handlers that hand the request to something out of sight.
    - Routes of Hono's behind middleware that is out of sight, or that checks who sends a request.
    - Paths that collect what strangers send (`/track`, `/contact`, `/leads`, `/sign-in`) are of medium
      confidence, and those whose comment says `no authentication required`; not those of hooks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.steps import ClosureFrame, Run, Schedule
from scaffold.model.wiring import Route
from scaffold.rules._arms import left_before
from scaffold.rules.access._meant import says_open
from scaffold.rules.http._skipped import Choice, choice, is_without
from scaffold.rules.http._webhooks import (
    body_reads,
    changes_state,
    effects,
    is_blind,
    is_verified,
    verifications,
)
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function, Reached

# Paths that collect what browsers of strangers send: meant to be open, as far as a name can say.
_COLLECTS = regex(
    r"track|beacon|pixel|analytics|telemetry|\bevents?\b|\bcollect\b|contact|feedback|newsletter"
    r"|\bleads?\b|wait-?list|subscribe|(?:in|en)quir(?:y|ies)|\bforms?\b|submi(?:t|ssion)|\bappl(?:y|ications?)\b"
    r"|forgot|magic-?link|log-?in\b|sign-?in\b|request-?(?:password|reset|link|code|otp)"
    r"|(?:reset|link|code|otp)-?request|hiring|careers|register|sign-?up|checkout|\bcarts?\b"
    r"|\bstore(?:front)?\b|\bdonat(?:e|ions?)\b|\bclient-?(?:errors?|logs?)\b|\bcrash(?:es|-?reports?)?\b"
    r"|\berror-?reports?\b|\bcsp\b|\bweb-?vitals\b",
    re.IGNORECASE,
)
_TOLD = regex(r"hook|callback", re.IGNORECASE)
# What is done with all that comes, checked or not.
_ASIDE = regex(r"log|audit|record|track|count|limit|throttl|metric|attempt|nonce|replay", re.IGNORECASE)


@rule("CX601", "unverified-webhook", Route, level=Level.ERROR, by_module="any")
def unverified_webhook(route: Route, rule: Rule) -> Iterator[Finding]:
    """One route, if nobody checks who sent the body that it acts on."""
    handler = route.handler
    if handler is None or route.guarded or not handler.builder.resolved or not changes_state(route):
        return
    read = next(body_reads(handler), None)
    effect = next(effects(handler), None)
    if read is None or effect is None or is_blind(handler):
        return
    meant = not _TOLD.search(route.address) and (_is_open(route.address) or _is_said(route, effect))
    sure = Confidence.MEDIUM if meant else Confidence.HIGH
    if not is_verified(handler):
        how = "acts on a body that anyone can send"
        yield _found(route, rule, how, (read[0], effect), sure)
        return
    left_out = _left_out(handler)
    if left_out is not None:
        free, choice = left_out
        what = "the signature or token" if choice.sent else "the setting that it is checked with"
        how = f"acts on a body that nobody checks where {what} is left out"
        yield _found(route, rule, how, (read[0], free), sure if choice.sent else Confidence.MEDIUM)
        return
    late = _before_asking(handler, read[0])
    if late is not None:
        how = "acts on a body before it is checked who sent it"
        yield _found(route, rule, how, (read[0], late), Confidence.MEDIUM)


def _found(
    route: Route, rule: Rule, how: str, steps: tuple[Reached, Reached], confidence: Confidence
) -> Finding:
    read, effect = steps
    return rule.finding(
        route.place,
        f"route `{route.method} {route.address}` {how}",
        way_out="verify the sender's signature over `await request.text()` before acting, or compare a "
        "header with a secret of the deployment",
        symbol=f"{route.method} {route.address}",
        evidence=(
            Evidence(read.step.place, "the body is read here"),
            Evidence(effect.step.place, "and acted on here"),
        ),
        confidence=confidence,
    )


def _left_out(handler: Function) -> tuple[Reached, Choice] | None:
    """What is done where no check is made, and what has to be left out for that."""
    asked = list(verifications(handler))
    choices = [found for found in map(choice, asked) if found is not None]
    if not asked or len(choices) < len(asked):
        return None
    for effect in effects(handler):
        target = _target(effect)
        if is_without(effect, choices) and not (target and is_verified(target)):
            return effect, choices[0]
    return None


def _before_asking(handler: Function, read: Reached) -> Reached | None:
    """What is done with the body before the first check; to write it down or count it needs none."""
    order = {id(reached): place for place, reached in enumerate(handler.reached)}
    asked = next(verifications(handler), None)
    if asked is None:
        return None
    for effect in effects(handler):
        if not order[id(read)] < order[id(effect)] < order[id(asked)] or _is_kept(effect):
            continue
        target = _target(effect)
        aside = _ASIDE.search(target.name if target is not None else "")
        if not aside and not (target and is_verified(target)) and not _left(effect, asked):
            return effect
    return None


def _is_kept(effect: Reached) -> bool:
    """Whether it stands in a function with a name, which runs where that is called."""
    return any(isinstance(frame, ClosureFrame) and frame.call is None for frame in effect.step.frames)


def _target(effect: Reached) -> Function | None:
    step = effect.step
    return step.body.project.resolve(step.target) if isinstance(step, Run | Schedule) else None


def _left(effect: Reached, asked: Reached) -> bool:
    """Whether no run comes from an effect to the check."""
    return effect.step.body is asked.step.body and left_before(effect.step, asked.step)


def _is_said(route: Route, effect: Reached) -> bool:
    """Whether a comment above the route, or above what it does, says that it is for everybody."""
    step = effect.levels[0]
    above = (route.call_module.comment_above(route.call), step.body.module.comment_above(step.node))
    return any(map(says_open, above))


def _is_open(path: str) -> bool:
    """Whether a path says that strangers may send there, and not a service."""
    return bool(_COLLECTS.search(path))
