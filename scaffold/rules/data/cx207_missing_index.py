"""Reads filter a table by a field that none of its indexes starts with.

Why:
    Without an index every such read goes over the whole table. The table is named once, with all of the
    reads that an index would speed up.

Bad:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      tasks: defineTable({ ownerId: v.string(), title: v.string() }), // <- CX207
    });

    // convex/tasks.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const mine = query({
      args: { ownerId: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("tasks")
          .filter((q) => q.eq(q.field("ownerId"), args.ownerId))
          .take(20);
      },
    });
    ```

Good:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      tasks: defineTable({ ownerId: v.string(), title: v.string() }).index("by_ownerId", ["ownerId"]),
    });

    // convex/tasks.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const mine = query({
      args: { ownerId: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("tasks")
          .withIndex("by_ownerId", (q) => q.eq("ownerId", args.ownerId))
          .take(20);
      },
    });
    ```

Way out:
    Declare the index and read by it. Fields that are always compared together make one index.

Exceptions:
    - A filter behind an index range, which has narrowed the read.
    - Tables whose indexes are not all in view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Fix, Level
from scaffold.model.project import Project
from scaffold.rules.data import _filtered as filtered
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.schema import Table
    from scaffold.model.steps import Step

_OWN = {"_id", "_creationTime"}
_SHOWN = 5


@rule("CX207", "missing-index", Project, level=Level.WARNING)
def missing_index(project: Project, rule: Rule) -> Iterator[Finding]:
    """One finding for each table and set of fields that its reads filter by in vain."""
    for (name, fields), steps in _wanted(project).items():
        table = project.tables[name]
        declared = indexes.declaration(project, fields)
        edits = indexes.addition(table, declared)
        names = " and ".join(f"`{field}`" for field in fields)
        who = "a read filters" if len(steps) == 1 else f"{len(steps)} reads filter"
        yield rule.finding(
            table.place,
            f"table `{table.name}` has no index that starts with {names}, which {who} by",
            way_out=f"add `{declared}` to table `{table.name}`, and read by it",
            symbol=f"{table.name}.{'.'.join(fields)}",
            evidence=[
                Evidence(filtered.place(step), f"filtered in {reads.reader(step)}") for step in steps[:_SHOWN]
            ],
            fix=Fix(f"add `{declared}`", edits) if edits else None,
        )


def _wanted(project: Project) -> dict[tuple[str, tuple[str, ...]], list[Step]]:
    """The tables and fields that a scan compares for equality, where no index starts with any of them."""
    found: dict[tuple[str, tuple[str, ...]], list[Step]] = {}
    for step, read, conditions in filtered.all_of(project):
        table, fields = reads.table_of(read), indexes.equal_fields(conditions)
        if table is None or not fields or _OWN & set(fields) or not _is_whole(table):
            continue
        if not any(indexes.starts_with(table, field) for field in fields):
            found.setdefault((table.name, fields), []).append(step)
    return found


def _is_whole(table: Table) -> bool:
    """Whether all indexes of a table can be read."""
    return table.complete and all(index.fields is not None for index in table.indexes if index.kind == "db")
