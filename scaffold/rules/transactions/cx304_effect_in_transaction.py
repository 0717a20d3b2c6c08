"""A query or mutation reaches for the world outside: `fetch`, a timer, a dynamic import.

Why:
    Queries and mutations are transactions that Convex may run several times. They have no network, no
    timers and no dynamic imports: the call throws, in production as in development, on the path that
    comes to it.

Bad:
    ```ts
    // convex/orders.ts
    import { mutation } from "./_generated/server";

    export const place = mutation({
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("orders", { paid: false });
        await fetch("https://example.com/hook"); // <- CX304
      },
    });
    ```

Good:
    ```ts
    // convex/orders.ts
    import { internal } from "./_generated/api";
    import { internalAction, mutation } from "./_generated/server";

    export const place = mutation({
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("orders", { paid: false });
        await ctx.scheduler.runAfter(0, internal.orders.notify, {});
      },
    });

    export const notify = internalAction({
      args: {},
      handler: async () => {
        await fetch("https://example.com/hook");
      },
    });
    ```

Way out:
    Write what is to be done in the mutation and schedule an action that does it. Instead of a timer, use
    `ctx.scheduler.runAfter`; instead of a dynamic import, a static one.

Exceptions:
    - Helpers that only actions reach.
    - Packages that only compute: of those that go out, the usual clients of HTTP, services and models count.
    - A branch that a constant argument rules out, or that first asks what the context offers.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from scaffold.core.findings import Level
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import Effect, External, Step
from scaffold.rules._services import leaves, named
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_TRANSACTIONS = {Kind.QUERY, Kind.MUTATION}
_WAYS_OUT = {
    "timer": "use `ctx.scheduler.runAfter` from a mutation, or do it in an action",
    "import": "import the module statically at the top of the file",
}
_NETWORK = "schedule an internal action that makes the call: `ctx.scheduler.runAfter(0, internal.…)`"


@rule("CX304", "effect-in-transaction", Project, level=Level.ERROR, by_module="any")
def effect_in_transaction(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each effect that a query or mutation comes to, once."""
    for step in chain(project.steps(Effect), (call for call in project.steps(External) if leaves(call))):
        found = next(ways(step, _TRANSACTIONS), None)
        if found is None:
            continue
        what = _what(step)
        yield rule.finding(
            step.place,
            f"{found.who} comes to `{what}`, which throws there",
            way_out=_WAYS_OUT.get(step.kind, _NETWORK) if isinstance(step, Effect) else _NETWORK,
            symbol=f"{found.function.identifier} {what}",
            evidence=found.evidence(),
            confidence=found.confidence,
        )


def _what(step: Step) -> str:
    if isinstance(step, External):
        return named(step)
    return step.what if isinstance(step, Effect) else ""
