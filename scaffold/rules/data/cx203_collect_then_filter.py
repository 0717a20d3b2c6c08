"""A whole table is loaded, and then filtered in TypeScript.

Why:
    All documents are read, paid for and watched for changes, to keep a few of them. An index with the
    filtered field first finds those few.

Bad:
    ```ts
    // convex/tasks.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const open = query({
      args: { projectId: v.id("projects") },
      handler: async (ctx, args) => {
        const tasks = await ctx.db.query("tasks").collect();
        return tasks.filter((task) => task.projectId === args.projectId); // <- CX203
      },
    });
    ```

Good:
    ```ts
    // convex/tasks.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const open = query({
      args: { projectId: v.id("projects") },
      handler: async (ctx, args) => {
        const tasks = await ctx.db
          .query("tasks")
          .withIndex("by_projectId", (q) => q.eq("projectId", args.projectId))
          .collect();
        return tasks.filter((task) => task.title.includes("urgent"));
      },
    });
    ```

Way out:
    Put the compared fields into an index and read by it. What an index cannot express stays a filter, on
    the narrowed read.

Exceptions:
    - A read that an index range narrows.
    - Documents that are used for more than one filter, such as statistics over all of them.
    - A filter that compares no field of the documents with a value: no index could replace it.
    - A comment right above that says it is meant so, or that the table is small: medium confidence.
      The same for what leaves out only deleted documents, which most are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.steps import OtherCall
from scaffold.rules.data import _filtered as filtered
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

# What most documents are not, so that an index that leaves them out spares little.
_DELETED = regex(r"^(is|was|soft)?_?(deleted|archived|removed)(_?at)?$", re.IGNORECASE)


@rule("CX203", "collect-then-filter", OtherCall, level=Level.WARNING, by_module="any")
def collect_then_filter(call: OtherCall, rule: Rule) -> Iterator[Finding]:
    """An array filter on a collected scan."""
    found = filtered.array_filter(call)
    if found is None:
        return
    read, conditions = found
    module, table = call.body.module, reads.table_of(read)
    evidence = [Evidence(read.place, "all of it is read here")]
    if table is not None:
        evidence.append(Evidence(table.place, "the table, with its indexes"))
    apart = dict.fromkeys(each.field for each in conditions)
    fields = " and ".join(f"`{field}`" for field in apart)
    yield rule.finding(
        filtered.place(call),
        f"all of `{read.table}` is loaded to keep what matches by {fields}, in {reads.reader(call)}",
        way_out=indexes.advice(module, table, conditions),
        symbol=f"{module.name}:{call.body.name}:{read.table}:{call.name}",
        evidence=evidence,
        confidence=Confidence.MEDIUM if all(map(_DELETED.search, apart)) else reads.confidence(read),
    )
