"""A query comes to a write: to the database, the scheduler or storage, or it runs a mutation.

Why:
    Queries only read. The context of a query has no way to write, so the call throws where the types did
    not stop it, as in a helper whose context is typed too widely.

Bad:
    ```ts
    // convex/pages.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const open = query({
      args: { pageId: v.id("pages") },
      handler: async (ctx, { pageId }) => {
        const page = await ctx.db.get(pageId);
        await ctx.db.patch(pageId, { views: 1 }); // <- CX305
        return page;
      },
    });
    ```

Good:
    ```ts
    // convex/pages.ts
    import { v } from "convex/values";
    import { mutation, query } from "./_generated/server";

    export const open = query({
      args: { pageId: v.id("pages") },
      handler: async (ctx, { pageId }) => await ctx.db.get(pageId),
    });

    export const countView = mutation({
      args: { pageId: v.id("pages") },
      handler: async (ctx, { pageId }) => {
        await ctx.db.patch(pageId, { views: 1 });
      },
    });
    ```

Way out:
    Make the function a mutation, or move the write into a mutation that the client calls.

Exceptions:
    - A helper that writes only when asked to, called by the query with the constant that says no.
    - A branch that asks the context first: `if ("insert" in ctx.db)`.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from scaffold.core.findings import Level
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import Run, Schedule, Step, Storage, Write
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_STORAGE_WRITES = {"store", "delete", "generateUploadUrl"}
_RUNS = {"runMutation", "runAction"}


@rule("CX305", "write-in-query", Project, level=Level.ERROR, by_module="any")
def write_in_query(project: Project, rule: Rule) -> Iterator[Finding]:
    """Each write that a query comes to, once."""
    for step, what in _writes(project):
        found = next(ways(step, {Kind.QUERY}), None)
        if found is None:
            continue
        yield rule.finding(
            step.place,
            f"query `{found.function.identifier}` comes to `{what}`, and queries cannot write",
            way_out=f"make `{found.function.identifier}` a mutation, or move `{what}` into one",
            symbol=f"{found.function.identifier} {what}",
            evidence=found.evidence(),
            confidence=found.confidence,
        )


def _writes(project: Project) -> Iterator[tuple[Step, str]]:
    return chain(
        ((step, f"db.{step.operation}") for step in project.steps(Write)),
        ((step, f"{step.via}.{step.method}") for step in project.steps(Schedule)),
        ((step, step.method) for step in project.steps(Run) if step.method in _RUNS),
        (
            (step, f"storage.{step.operation}")
            for step in project.steps(Storage)
            if step.operation in _STORAGE_WRITES
        ),
    )
