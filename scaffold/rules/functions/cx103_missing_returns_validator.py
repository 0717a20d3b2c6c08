"""A public function does not say what it returns.

Why:
    A field added to a table for the server's use reaches every client through each query that returns whole
    documents. `returns` is the list of what may leave the server: Convex checks it at run time, and clients
    in other languages get their types from it.

Bad:
    ```ts
    // convex/users.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const name = query({ // <- CX103
      args: { user: v.id("users") },
      handler: async (ctx, { user }) => (await ctx.db.get("users", user))?.name ?? null,
    });
    ```

Good:
    ```ts
    // convex/users.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const name = query({
      args: { user: v.id("users") },
      returns: v.union(v.string(), v.null()),
      handler: async (ctx, { user }) => (await ctx.db.get("users", user))?.name ?? null,
    });
    ```

Way out:
    Add `returns` with the validator of the result; `v.null()` where nothing is returned.

Exceptions:
    - Internal functions and those of components, whose results stay on the server.
    - HTTP actions return a `Response`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Level, Profile
from scaffold.model.function import Function, Kind
from scaffold.rules.functions._options import lacks
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding


@rule(
    "CX103",
    "missing-returns-validator",
    Function,
    level=Level.WARNING,
    profile=Profile.STRICT,
    by_module="any",
)
def missing_returns_validator(function: Function, rule: Rule) -> Iterator[Finding]:
    """Public functions whose results nobody checks."""
    if not function.public or function.kind is Kind.HTTP or function.module.project.component:
        return
    if not lacks(function, "returns", "output") or function.returns is not None:  # zod called it `output`
        return
    silent = function.body is not None and not list(function.body.returns())
    yield rule.finding(
        function.place,
        f"public {function.kind.value} `{function.identifier}` has no `returns`, "
        "so whatever its documents hold can reach clients",
        way_out="add `returns: v.null()`" if silent else "add `returns` with the validator of its result",
        symbol=function.identifier,
    )
