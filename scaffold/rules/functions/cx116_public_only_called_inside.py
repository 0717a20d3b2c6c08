"""A public function that only server code calls.

Why:
    Every public function is open to the whole internet, with any argument that its validators let pass. One
    that only crons, actions and HTTP routes call gains nothing from that; it is just one more door.

Bad:
    ```ts
    // convex/stats.ts
    import { mutation, query } from "./_generated/server";

    export const rebuild = mutation({ // <- CX116
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("stats", { at: Date.now() });
      },
    });

    export const latest = query({
      args: {},
      handler: async (ctx) => await ctx.db.query("stats").order("desc").first(),
    });

    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { api } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("rebuild stats", { hours: 1 }, api.stats.rebuild);
    export default crons;

    // src/App.tsx
    import { useQuery } from "convex/react";
    import { api } from "../convex/_generated/api";

    export function App() {
      return <p>{useQuery(api.stats.latest)?.at}</p>;
    }
    ```

Good:
    ```ts
    // convex/stats.ts
    import { internalMutation, query } from "./_generated/server";

    export const rebuild = internalMutation({
      args: {},
      handler: async (ctx) => {
        await ctx.db.insert("stats", { at: Date.now() });
      },
    });

    export const latest = query({
      args: {},
      handler: async (ctx) => await ctx.db.query("stats").order("desc").first(),
    });

    // convex/crons.ts
    import { cronJobs } from "convex/server";
    import { internal } from "./_generated/api";

    const crons = cronJobs();
    crons.interval("rebuild stats", { hours: 1 }, internal.stats.rebuild);
    export default crons;

    // src/App.tsx
    import { useQuery } from "convex/react";
    import { api } from "../convex/_generated/api";

    export function App() {
      return <p>{useQuery(api.stats.latest)?.at}</p>;
    }
    ```

Way out:
    Register it with the internal builder, and change its callers from `api` to `internal`.

Exceptions:
    - Projects without client code in view: the callers may be in another repository.
    - Functions that nobody calls at all.
    - Functions that a module of the backend asks for as a client does (`client.query(api.users.me)`).
    - Components, which have no clients of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.function import Function, Kind
from scaffold.rules._names import address, internal_builder
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_SHOWN = 5
# What clients call, in a module beside the functions too: `new ConvexHttpClient(url).query(api.users.me)`.
_OF_CLIENTS = {"query", "mutation", "action", "fetchQuery", "fetchMutation", "fetchAction", "preloadQuery"}


@rule("CX116", "public-only-called-inside", Function, level=Level.WARNING, by_module="any")
def public_only_called_inside(function: Function, rule: Rule) -> Iterator[Finding]:
    """Public functions all of whose callers could call an internal one."""
    project = function.module.project
    if not function.public or function.kind is Kind.HTTP or project.component or not project.clients_in_view:
        return
    mentions = project.mentions_of(function)
    inside = [mention for mention in mentions if mention.by == "server"]
    if (
        not inside
        or any(mention.by == "client" for mention in mentions)
        or project.is_handed_on(function, "client")
        or any(mention.call in _OF_CLIENTS for mention in inside)
    ):
        return
    places = "one place" if len(inside) == 1 else f"{len(inside)} places"
    yield rule.finding(
        function.place,
        f"`{function.identifier}` is public, but no client calls it; server code does, in {places}",
        way_out=_way_out(function),
        symbol=function.identifier,
        evidence=(Evidence(mention.place, "called by the server here") for mention in inside[:_SHOWN]),
    )


def _way_out(function: Function) -> str:
    used = f"`{address(function, 'internal')}`"
    if function.builder.raw:
        return f"register it with `{internal_builder(function)}` and call it as {used}"
    return f"register it with a builder on `{internal_builder(function)}` and call it as {used}"
