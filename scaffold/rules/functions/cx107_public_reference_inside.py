"""Server code calls, schedules or runs by cron a function of the public API.

Why:
    A function that only the server needs should not stand open to every client. One that clients call
    checks who is asking, and a cron or a scheduled job asks as nobody: the identity is not handed on, so
    the check fails, or was left out so that it would not.

Bad:
    ```ts
    // convex/digests.ts
    import { mutation } from "./_generated/server";

    export const send = mutation({
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("digests", { state: "sent" });
      },
    });

    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { api } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("send digests", { hours: 24 }, api.digests.send); // <- CX107
    export default crons;
    ```

Good:
    ```ts
    // convex/digests.ts
    import { internalMutation } from "./_generated/server";

    export const send = internalMutation({
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("digests", { state: "sent" });
      },
    });

    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("send digests", { hours: 24 }, internal.digests.send);
    export default crons;
    ```

Way out:
    Make the function internal where no client calls it. Where clients do, move its body into a helper and
    give the server an internal function of its own.

Exceptions:
    - Functions that a package makes, as `signIn` of Convex Auth: their visibility is its business.
    - Functions of components: no client can call those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.project import Project
from scaffold.model.values import Reference
from scaffold.rules._names import address, internal_builder
from scaffold.rules.functions._targets import handed
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function


_OPEN = {"api", "any"}  # `anyApi` and addresses in strings lead to all functions


@rule("CX107", "public-reference-inside", Project, level=Level.ERROR, by_module="any")
def public_reference_inside(project: Project, rule: Rule) -> Iterator[Finding]:
    """Addresses under `api` where the server calls itself."""
    for hand in handed(project) if not project.component else ():
        if not isinstance(hand.target, Reference) or hand.target.root not in _OPEN:
            continue
        function = project.resolve(hand.target)
        if function is None or function.package or not function.public:
            continue
        yield rule.finding(
            hand.place,
            f"`{hand.how}` is given the public `{address(function)}`{_consequence(deferred=hand.deferred)}",
            way_out=_way_out(project, function),
            symbol=f"{hand.symbol} {function.identifier}",
            evidence=(Evidence(function.place, f"`{function.identifier}` is public here"),),
            level=None if hand.deferred else Level.WARNING,
        )


def _consequence(*, deferred: bool) -> str:
    if deferred:
        return ", which then runs with no identity"
    return ", which is open to every client"


def _way_out(project: Project, function: Function) -> str:
    used = f"`{address(function, 'internal')}`"
    clients = [mention for mention in project.mentions_of(function) if mention.by == "client"]
    if project.clients_in_view and not clients and function.builder.raw:
        return f"register it with `{internal_builder(function)}` and use {used}"
    return f"give the server an `{internal_builder(function)}` that shares its code, and use that"
