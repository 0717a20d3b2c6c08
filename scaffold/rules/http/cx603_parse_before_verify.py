"""A route parses the body before it checks the signature, or reads the body twice.

Why:
    A signature is made over the bytes that were sent. Parsing first acts on what nobody has vouched for,
    and what is put together again from the parsed value rarely has the same bytes. A second read of the
    body throws, as a request can be read once.

Bad:
    ```ts
    // convex/http.ts
    import { httpRouter } from "convex/server";
    import { internal } from "./_generated/api";
    import { httpAction } from "./_generated/server";
    import { verifySignature } from "./signatures";

    const http = httpRouter();

    http.route({
      path: "/webhook",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const event = await request.json(); // <- CX603
        await verifySignature(JSON.stringify(event), request.headers.get("x-signature"));
        await ctx.runMutation(internal.events.apply, { event });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;

    // convex/signatures.ts
    export async function verifySignature(body: string, signature: string | null) {
      if (signature !== `${process.env.SECRET}${body.length}`) throw new Error("Not signed");
    }
    ```

Good:
    ```ts
    // convex/http.ts
    import { httpRouter } from "convex/server";
    import { internal } from "./_generated/api";
    import { httpAction } from "./_generated/server";
    import { verifySignature } from "./signatures";

    const http = httpRouter();

    http.route({
      path: "/webhook",
      method: "POST",
      handler: httpAction(async (ctx, request) => {
        const body = await request.text();
        await verifySignature(body, request.headers.get("x-signature"));
        await ctx.runMutation(internal.events.apply, { event: JSON.parse(body) });
        return new Response(null, { status: 200 });
      }),
    });

    export default http;

    // convex/signatures.ts
    export async function verifySignature(body: string, signature: string | null) {
      if (signature !== `${process.env.SECRET}${body.length}`) throw new Error("Not signed");
    }
    ```

Way out:
    Read the body once with `const body = await request.text()`, verify that text, then `JSON.parse(body)`.

Exceptions:
    - Tokens in headers: they say nothing about the body. Whoever has shown one may be signed for afterwards.
    - `request.clone()`, and reads in branches that exclude each other. Hono's `c.req` keeps what was read.
    - Handlers that hand the text on to the function that verifies it, with or without the parsed value.
    - Signatures that cannot be checked without reading the body first, as of forms, or with a secret that
      depends on whom it is about: reported only if something is done in between, or if what is verified is
      put together from the parsed value. Otherwise it is of medium confidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model import values as vs
from scaffold.model.function import Reached
from scaffold.model.steps import BranchFrame, External, HelperCall, OtherCall, Run, Schedule
from scaffold.model.wiring import Route
from scaffold.rules._arms import left_on_way
from scaffold.rules._ways import name_of, origins, traced
from scaffold.rules.http._digests import makes_digest
from scaffold.rules.http._webhooks import body_reads, is_signature_check, verifications
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.body import Body
    from scaffold.model.function import Function
    from scaffold.model.steps import Frame, Step

_PARSED = {"json", "formData"}
_MACS = [vs.Global(("crypto", "subtle", name)) for name in ("sign", "verify")]
_OF_TOKEN = regex(r"jwt|jws|jwk|oidc|token", re.IGNORECASE)  # what is signed here carries its own signature
_TELLING = {"stringify", "encode"}  # what gives the bytes of a value
_DEPTH = 5


@rule("CX603", "parse-before-verify", Route, level=Level.ERROR, by_module="any")
def parse_before_verify(route: Route, rule: Rule) -> Iterator[Finding]:
    """One route, if it parses too early or reads twice."""
    handler = route.handler
    if handler is None:
        return
    reads = list(body_reads(handler))
    yield from _too_early(handler, reads, rule)
    yield from _twice(handler, [reached for reached, _ in reads if not _is_kept(handler, reached)], rule)


def _too_early(handler: Function, reads: list[tuple[Reached, str]], rule: Rule) -> Iterator[Finding]:
    order = {id(reached): place for place, reached in enumerate(handler.reached)}
    parsed = [*(reached for reached, how in reads if how in _PARSED), *_parses(handler, reads)]
    checks = [reached for reached in handler.reached if _checks(reached, parsed)]
    known = (
        min((order[id(reached)] for reached in verifications(handler)), default=len(order)) if checks else 0
    )
    for reached in parsed:
        if known < order[id(reached)]:
            continue
        others = [
            check for check in checks if check.step not in reached.via and not _exclusive(reached, check)
        ]
        before = any(order[id(check)] < order[id(reached)] for check in others)
        after = next((check for check in others if order[id(check)] > order[id(reached)]), None)
        if before or after is None:
            continue
        between = handler.reached[order[id(reached)] : order[id(after)]]
        harmful = _is_made_of(reached, after) or any(_is_change(each.step) for each in between)
        yield rule.finding(
            reached.step.place,
            f"{name_of(handler)} parses the body before its signature is checked",
            way_out="read `const body = await request.text()`, verify that text, and parse it afterwards",
            symbol=f"{handler.identifier} parse",
            evidence=(Evidence(after.step.place, "the signature is checked here"),),
            confidence=Confidence.HIGH if harmful else Confidence.MEDIUM,
        )
        return


def _checks(reached: Reached, parsed: list[Reached]) -> bool:
    """Whether a step works on a signature of the body; what `crypto` signs may be something else."""
    step = reached.step
    if isinstance(step, Run) and step.method == "runAction":
        return _has_check(step) and any(_is_made_of(each, reached) for each in parsed)
    if isinstance(step, OtherCall) and step.value in _MACS:
        return any(_is_made_of(each, reached) for each in parsed)
    return is_signature_check(step) and not any(map(_OF_TOKEN.search, _names(reached)))


def _has_check(run: Run) -> bool:
    """Whether an action that is run works on a signature, as those do that need Node.js for it."""
    target = run.body.project.resolve(run.target)
    steps = (reached.step for reached in target.reached) if target is not None else ()
    return any(is_signature_check(step) or _digests(step) for step in steps)


def _digests(step: Step) -> bool:
    return isinstance(step, HelperCall | OtherCall | External) and makes_digest(step.name)


def _given(step: Step) -> tuple[n.Expression, ...]:
    """What a check is given, by itself or in an object, as the arguments of a function that is run."""
    given = step.arguments if isinstance(step, HelperCall | OtherCall | External) else ()
    if isinstance(step, Run) and step.arguments is not None:
        given = (step.arguments,)
    parts = (part.value for each in given if isinstance(each, n.Object) for part in each.properties)
    return (*given, *parts)


def _names(reached: Reached) -> Iterator[str]:
    """What a check is called, and the helpers on the way to it."""
    for step in reached.levels:
        if isinstance(step, HelperCall | OtherCall | External):
            yield step.name


def _is_change(step: Step) -> bool:
    """Whether something is written or set going; actions may be asked for the secret."""
    return isinstance(step, Schedule) or (isinstance(step, Run) and step.method == "runMutation")


def _is_made_of(parsed: Reached, check: Reached) -> bool:
    """Whether the whole parsed value is verified, put together again: `verify(JSON.stringify(event), …)`.

    A helper that verifies may have been given it as well.
    """
    if _is_given_text(check):
        return False
    calls = (Reached(call, check.via[:depth]) for depth, call in enumerate(check.via))
    return any(_is_given(parsed, each) for each in (check, *calls))


def _is_given_text(check: Reached) -> bool:
    """Whether what is verified is the text as it came, whatever else the helper on the way was given."""
    body = check.step.body
    values = (traced(body.value(each), body, check.via)[0] for each in _given(check.step))
    return any(_is_text(value) for value in values)


def _is_text(value: vs.Value) -> bool:
    match value:
        case vs.Result(step=OtherCall(value=vs.Argument(path=("request", *_, "text"))), path=()):
            return True
    return False


def _is_given(parsed: Reached, check: Reached) -> bool:
    body, via = check.step.body, check.via
    return any(_stems(node, body, via, parsed) for node in _given(check.step))


def _stems(
    node: n.Expression | None, body: Body, via: tuple[HelperCall, ...], parsed: Reached, depth: int = _DEPTH
) -> bool:
    """Whether an expression is the whole parsed value, or bytes of it: `encode(JSON.stringify(event))`."""
    if node is None or not depth:
        return False
    value, body, via = traced(body.value(node), body, via)
    match value:
        case vs.Result(step=step, path=()) if step is parsed.step:
            return _is_json(parsed)
        case vs.Result(step=OtherCall(name=name, arguments=(given, *_)), path=()) if name in _TELLING:
            return _stems(given, body, via, parsed, depth - 1)
        case vs.Result(step=HelperCall(callee=callee), path=()) if callee is not None:
            return any(_stems(given, callee, (), parsed, depth - 1) for given in callee.returns())
        case vs.Computed(node=n.Template(parts=written)):
            return any(_stems(given, body, via, parsed, depth - 1) for given in written)
    return False


def _is_json(parsed: Reached) -> bool:
    """Whether what was parsed is JSON; the fields of a form are what some senders sign."""
    step = parsed.step
    return isinstance(step, OtherCall) and not step.name.endswith("formData")


def _exclusive(first: Reached, second: Reached) -> bool:
    """Whether no run comes from the first to the second."""
    return left_on_way(first, second) or _apart(first, second)


def _apart(first: Reached, second: Reached) -> bool:
    """Whether they stand in two arms of one branch."""
    for one, other in zip(_frames(first), _frames(second), strict=False):
        if one is other or not isinstance(one, BranchFrame) or not isinstance(other, BranchFrame):
            continue
        if one.node is other.node:
            return one.taken != other.taken
    return False


def _parses(handler: Function, reads: list[tuple[Reached, str]]) -> Iterator[Reached]:
    """`JSON.parse` of the body."""
    bodies = {id(reached.step) for reached, _ in reads}
    for reached in handler.steps(OtherCall):
        step = reached.step
        if (
            not isinstance(step, OtherCall)
            or step.value != vs.Global(("JSON", "parse"))
            or not step.arguments
        ):
            continue
        found = origins(step.arguments[0], step.body, reached.via)
        if any(isinstance(each, vs.Result) and id(each.step) in bodies for each in found):
            yield reached


def _twice(handler: Function, reads: list[Reached], rule: Rule) -> Iterator[Finding]:
    for place, second in enumerate(reads):
        first = next((each for each in reads[:place] if _always_before(each, second)), None)
        if first is None:
            continue
        yield rule.finding(
            second.step.place,
            f"{name_of(handler)} reads the body of the request a second time, which throws",
            way_out="read it once with `await request.text()` and use that text in both places",
            symbol=f"{handler.identifier} read",
            evidence=(Evidence(first.step.place, "the first time"),),
        )


def _is_kept(handler: Function, read: Reached) -> bool:
    """Whether Hono keeps what is read, and gives it again in whatever form: `c.req.text()`."""
    step = read.step
    if not isinstance(step, OtherCall) or handler.builder.names != ("Hono",):
        return False
    value, _, _ = traced(step.value, step.body, read.via)
    return isinstance(value, vs.Argument) and value.path[1:2] != ("raw",)


def _always_before(first: Reached, second: Reached) -> bool:
    """Whether whoever comes to the second has been at the first."""
    one, other = _frames(first), _frames(second)
    return len(one) <= len(other) and all(a is b for a, b in zip(one, other, strict=False))


def _frames(reached: Reached) -> tuple[Frame, ...]:
    return tuple(frame for step in reached.levels for frame in step.frames)
