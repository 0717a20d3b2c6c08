"""A verified webhook does its work again when the provider sends the event again.

Why:
    Every provider delivers at least once: after a slow answer, a restart or a click in its console, the
    same event comes again. An insert or an increment then happens twice.

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
    - What is inserted only where a document was not there yet.
    - What an action sends or charges with a key, after looking something up, or only where what is stored
      says so.
    - Tables that keep what was asked, not what was done: audits, rate limits, metrics.
    - Anything on the way that speaks of an event id, a delivery, a claim or of what was processed; an id
      that is only signed, such as `svix-id`, where it is handed on. What is only logged, handed to a
      function that never looks at it, or looked up in a table that nothing on the way writes, counts not.
    - Routes that are no webhooks: without a signature and with another address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Kind
from scaffold.model.steps import (
    BranchFrame,
    External,
    Get,
    HelperCall,
    Log,
    OtherCall,
    Read,
    Run,
    Schedule,
    Write,
)
from scaffold.model.wiring import Route
from scaffold.rules._nodes import spelled, walk
from scaffold.rules._ways import Way, results, traced
from scaffold.rules.http._digests import makes_digest
from scaffold.rules.http._webhooks import (
    changes_state,
    is_header,
    is_signature_check,
    is_verified,
    name_of,
    targets,
)
from scaffold.rules.rule import Rule, rule
from scaffold.rules.scheduling._calls import doing, is_keyed
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_HOOK = regex(r"hook|callback|notify|/stripe|/clerk|/github|/polar|/paddle|/lemon", re.IGNORECASE)
_KNOWS = regex(
    r"event_?id|deliver|de-?dup|idempot|processed|alreadyh|claim|message_?id|request-?id"
    r"|external_?id|seen|receipt|nonce|duplicate|webhookEvents",
    re.IGNORECASE,
)
# The id that Svix signs with the body: who verifies names it too, so it counts where it is handed on.
_SIGNED = regex(r"(svix|webhook)[-_]?id", re.IGNORECASE)
# What is written down of each request, as it should be.
_RECORDS = regex(
    r"rate_?limit|audit|attempts?$|metric|telemetry|analytics"
    r"|^(sync|hook|webhook|event|activity|request|access|error|system|debug)_?logs?$",
    re.IGNORECASE,
)
_SIGNATURE = regex(r"signature|hmac|^svix-", re.IGNORECASE)  # the header of one
_COMPARES = regex(r"constant_?time|timing_?safe", re.IGNORECASE)  # secrets of all kinds
_EQUALS = {"==", "===", "!=", "!=="}
_HOPS = 3


@rule("CX602", "webhook-without-dedupe", Route, level=Level.WARNING, by_module="any")
def webhook_without_dedupe(route: Route, rule: Rule) -> Iterator[Finding]:
    """One webhook, if a repeated event would be worked on twice."""
    handler = route.handler
    if handler is None or not changes_state(route) or not _is_webhook(route, handler):
        return
    functions = list(_followed(handler, _HOPS))
    known = any(map(_knows_events, functions)) or _hands_on_id(handler)
    if known and not _never_kept(functions):
        return
    write = next((write for function in functions for write in _unrepeatable(function)), None)
    if write is not None:
        done: Step = write
        deed = f"{'inserts into' if write.operation == 'insert' else 'counts up in'} {_named(write.table)}"
    else:
        sent = next(_set_going(functions), None)
        if sent is None:
            return
        done, what = sent
        deed = f"does {what}"
    path = route.path if isinstance(route.path, str) else "…"
    yield rule.finding(
        route.place,
        f"webhook `{path}` {deed} again when the same event is delivered again",
        way_out="claim the provider's event id in the mutation that does the work: look it up by an index "
        "and stop if it is there",
        symbol=f"{route.method} {path}",
        evidence=(Evidence(done.place, "this happens once for each delivery"),),
    )


def _is_webhook(route: Route, handler: Function) -> bool:
    signed = any(
        is_signature_check(reached.step)
        and not _COMPARES.search(name_of(reached.step))
        and not makes_digest(name_of(reached.step))
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


def _knows_events(function: Function) -> bool:
    bodies = {id(reached.step.body): reached.step.body for reached in function.reached}
    idle = [part for reached in function.reached for part in _idle(reached.step)]
    return any(
        _KNOWS.search(word)
        for body in bodies.values()
        for word in spelled(_without(walk(body.function), [part for by, part in idle if by is body]))
    )


def _without(nodes: Iterable[n.Node], left_out: Collection[n.Node]) -> Iterator[n.Node]:
    for node in nodes:
        if not any(each.start <= node.start and node.end <= each.end for each in left_out):
            yield node


def _idle(step: Step) -> Iterator[tuple[Body, n.Node]]:
    """What is only logged, or handed to a function that never looks at it."""
    if isinstance(step, Log):
        yield step.body, step.node
    elif isinstance(step, Run | Schedule) and isinstance(step.arguments, n.Object):
        target = step.body.project.resolve(step.target)
        if target is not None and target.body is not None:
            for part in step.arguments.properties:
                if part.key is not None and _KNOWS.search(part.key) and not _looks_at(target.body, part.key):
                    yield step.body, part


def _looks_at(body: Body, argument: str) -> bool:
    """Whether a handler mentions one of its arguments, or does something with all of them."""
    parameters = body.function.parameters[1:2]
    nodes = list(walk(*body.function.body))
    if argument in spelled(nodes):
        return True
    match parameters:
        case (n.Parameter(pattern=n.Name(name=whole)),):
            asked = {node.object.start for node in nodes if isinstance(node, n.Member)}
            return any(
                isinstance(node, n.Name) and node.name == whole and node.start not in asked for node in nodes
            )
        case (n.Parameter(pattern=n.Object(properties=properties)),):
            return any(part.kind == "spread" or _is_renamed(part, argument) for part in properties)
    return True


def _is_renamed(part: n.Property, argument: str) -> bool:
    return part.key == argument and not (isinstance(part.value, n.Name) and part.value.name == argument)


def _never_kept(functions: list[Function]) -> bool:
    """Whether an event is looked for in a table that nothing on the way writes to, so that none is found."""
    steps = [reached.step for function in functions for reached in function.reached]
    sought = {step.table for step in steps if isinstance(step, Read) and _seeks_event(step)}
    if not sought or not all(isinstance(table, str) for table in sought):
        return False
    if any(isinstance(step, Run) and step.body.project.resolve(step.target) is None for step in steps):
        return False
    return not any(isinstance(step, Write) and _may_keep(step, sought) for step in steps)


def _seeks_event(read: Read) -> bool:
    fields = [str(each.field) for each in read.range] if isinstance(read.range, tuple) else []
    return any(map(_KNOWS.search, (str(read.table), *fields)))


def _may_keep(write: Write, sought: Collection[str | vs.Unknown]) -> bool:
    if not isinstance(write.table, str) or write.table in sought:
        return True
    if write.document is None:
        return False
    whole = not isinstance(write.document, n.Object) or any(
        part.kind == "spread" for part in write.document.properties
    )
    return whole or any(map(_KNOWS.search, spelled(walk(write.document))))


def _hands_on_id(handler: Function) -> bool:
    """Whether the id that was signed goes to what the handler runs."""
    given = (
        (step, part.value)
        for step in (reached.step for reached in handler.reached)
        if isinstance(step, Run | Schedule) and isinstance(step.arguments, n.Object)
        for part in step.arguments.properties
    )
    return any(_SIGNED.search(word) for step, node in given for word in _words(step, node))


def _words(step: Run | Schedule, node: n.Expression) -> Iterator[str]:
    """The words of an expression, and the texts that it is made of."""
    yield from spelled(walk(node))
    yield from (str(each.value) for each in step.origins(node) if isinstance(each, vs.Literal))


def _unrepeatable(function: Function) -> Iterator[Write]:
    """Writes that a second run would do a second time."""
    read = {
        step.table
        for step in (reached.step for reached in function.reached)
        if isinstance(step, Read | Get) and isinstance(step.table, str)
    }
    for reached in function.steps(Write):
        write = reached.step
        if not isinstance(write, Write) or isinstance(write.table, vs.Unknown) or _is_told_apart(write):
            continue
        if _RECORDS.search(write.table):
            continue
        again = write.operation == "insert" and write.table not in read
        counts = write.operation in {"patch", "replace"} and _counts(write)
        if (again or counts) and not _is_first(write):
            yield write


def _set_going(functions: list[Function]) -> Iterator[tuple[Step, str]]:
    """What is sent or charged by actions that are run or scheduled whatever is stored, and where they are."""
    for function in functions:
        for reached in function.reached:
            step = reached.step
            if not isinstance(step, Schedule | Run) or _hangs_on_stored(reached):
                continue
            target = step.body.project.resolve(step.target)
            for what in _sent(target) if target is not None and target.kind is Kind.ACTION else ():
                yield step, what


def _hangs_on_stored(reached: Reached) -> bool:
    """Whether a test on the way looks at what was read, or at what a function answered."""
    for step in (*reached.via, reached.step):
        tests = (*step.after_exit, *(frame.test for frame in step.frames if isinstance(frame, BranchFrame)))
        for test in tests:
            if any(isinstance(each.step, Read | Get | Run) for each in results(test, step.body)):
                return True
    return False


def _sent(action: Function) -> Iterator[str]:
    """The calls of an action that do their work again, with no key and nothing looked up before."""
    if any(isinstance(reached.step, Run | Read | Get) for reached in action.reached):
        return
    for reached in action.reached:
        step = reached.step
        found = doing(step, reached.via) if isinstance(step, External) else None
        if found is None or found.confidence is not Confidence.HIGH or not isinstance(step, External):
            continue
        if not is_keyed(step, Way(action, reached)):
            yield found.what


def _is_first(write: Write) -> bool:
    """Whether it is written only where something was not there yet: `if (user) return`, `if (!user) …`."""
    absent = [frame.test for frame in write.frames if isinstance(frame, BranchFrame) and frame.taken]
    tests = (*write.after_exit, *(test.value for test in absent if isinstance(test, n.Unary)))
    return any(_is_stored(write, test) for test in tests)


def _is_stored(write: Write, test: n.Expression) -> bool:
    """Whether a test is a document that was read, by a helper or here."""
    if not isinstance(test, n.Name):
        return False
    return any(isinstance(each.step, Read | Get) and not each.path for each in results(test, write.body))


def _is_told_apart(write: Write) -> bool:
    """Whether the way to it compares what is stored with what came: `if (account.last === event) return`."""
    tests = (*write.after_exit, *(frame.test for frame in write.frames if isinstance(frame, BranchFrame)))
    return any(_is_held_against(write, node) for test in tests for node in walk(test))


def _is_held_against(write: Write, node: n.Node) -> bool:
    """`account.last === event`, or `account.handled.includes(event)`."""
    match node:
        case n.Binary(operator=operator, left=left, right=right) if operator in _EQUALS:
            return _stored_and_sent(write, left, right)
        case n.Call(callee=n.Member(object=kept, property="includes" | "has"), arguments=(asked,)):
            sent = any(isinstance(each, vs.Argument) for each in write.origins(asked))
            return sent and any(
                isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
                for each in write.origins(kept)
            )
    return False


def _stored_and_sent(write: Write, *compared: n.Expression) -> bool:
    sides = [write.body.value(side) for side in compared]
    stored = [
        each.path[-1]
        for each in sides
        if isinstance(each, vs.Result) and each.path and isinstance(each.step, Read | Get)
    ]
    if any(isinstance(each, vs.Argument) for each in sides):
        return bool(stored)
    return any(isinstance(each, vs.Literal) for each in sides) and any(
        _moves_on(write, name) for name in stored
    )


def _moves_on(write: Write, name: str) -> bool:
    """Whether the same function writes the state that it was decided by: `order.status !== "pending"`."""
    documents = (step.document for step in write.body.steps if isinstance(step, Write))
    parts = (part for each in documents if isinstance(each, n.Object) for part in each.properties)
    return any(part.key == name for part in parts)


def _counts(write: Write) -> bool:
    """`{ credits: user.credits + amount }`."""
    value = write.body.value(write.document) if write.document is not None else None
    node = value.node if isinstance(value, vs.Computed) else write.document
    if not isinstance(node, n.Object):
        return False
    return any(_is_sum(write, part) for part in node.properties)


def _is_sum(write: Write, part: n.Property) -> bool:
    value = write.body.value(part.value)
    node = value.node if isinstance(value, vs.Computed) else part.value
    if not isinstance(node, n.Binary) or node.operator not in {"+", "-"}:
        return False
    found = write.origins(node)
    return any(
        isinstance(each, vs.Result) and isinstance(each.step, Read | Get) and part.key in each.path
        for each in found
    )


def _named(table: str | vs.Unknown) -> str:
    return "a table" if isinstance(table, vs.Unknown) else f"`{table}`"
