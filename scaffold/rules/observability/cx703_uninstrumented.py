"""A function is registered past the builders that log every call.

Why:
    Latency, error types and retry rates are counted from the line that an instrumented builder writes for
    each call. A function built by another is missing from every figure, and nobody sees that it fails.

Bad:
    ```ts
    // scaffold.toml
    [builders.loggedQuery]
    based-on = "query"
    instrumented = true

    // convex/notes.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";
    import { loggedQuery } from "./lib/functions";

    export const first = loggedQuery({
      args: {},
      returns: v.any(),
      handler: async (ctx) => await ctx.db.query("notes").first(),
    });

    export const count = query({ // <- CX703
      args: {},
      returns: v.number(),
      handler: async (ctx) => (await ctx.db.query("notes").take(100)).length,
    });
    ```

Good:
    ```ts
    // scaffold.toml
    [builders.loggedQuery]
    based-on = "query"
    instrumented = true

    // convex/notes.ts
    import { v } from "convex/values";
    import { loggedQuery } from "./lib/functions";

    export const count = loggedQuery({
      args: {},
      returns: v.number(),
      handler: async (ctx) => (await ctx.db.query("notes").take(100)).length,
    });
    ```

Way out:
    Build it with the instrumented builder of its class, or with one that is made of it.

Exceptions:
    - Classes of functions for which `scaffold.toml` declares no builder `instrumented`; public and internal
      functions are classes of their own.
    - Functions whose builder cannot be followed and is not declared.
    - Components, whose calls their callers record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Level, Profile
from scaffold.model.function import Function
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding


@rule("CX703", "uninstrumented", Function, level=Level.WARNING, profile=Profile.STRICT, by_module="any")
def uninstrumented(function: Function, rule: Rule) -> Iterator[Finding]:
    """Functions that no instrumented builder made, though there is one for their class."""
    project = function.module.project
    if project.component or not function.builder.resolved:
        return
    if not project.instrumented.isdisjoint(function.builder.names):
        return
    fitting = _instrumented(function)
    if not fitting:
        return
    yield rule.finding(
        function.place,
        f"no line is logged for calls of `{function.identifier}`: "
        f"`{function.builder.names[0]}` is not instrumented",
        way_out=f"build it with {' or '.join(f'`{name}`' for name in fitting)}",
        symbol=function.identifier,
    )


def _instrumented(function: Function) -> list[str]:
    """The instrumented builders of the function's class, by name."""
    project = function.module.project
    explained = project.builders.explained
    return sorted(
        name for name in project.instrumented if explained.get(name) == (function.kind, function.public)
    )
