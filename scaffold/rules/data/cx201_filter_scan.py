"""A `.filter()` on a database query that no index range narrows.

Why:
    A filter is applied after the documents are read: every document of the table counts against the
    limits of the transaction and against the bill, and every change of any of them reruns the query. An
    index range reads only what is returned.

Bad:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      messages: defineTable({ channel: v.string(), body: v.string() })
        .index("by_channel", ["channel"]),
    });

    // convex/messages.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const list = query({
      args: { channel: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("messages")
          .filter((q) => q.eq(q.field("channel"), args.channel)) // <- CX201
          .take(50);
      },
    });
    ```

Good:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      messages: defineTable({ channel: v.string(), body: v.string() })
        .index("by_channel", ["channel"]),
    });

    // convex/messages.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const list = query({
      args: { channel: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("messages")
          .withIndex("by_channel", (q) => q.eq("channel", args.channel))
          .take(50);
      },
    });
    ```

Way out:
    Put the condition into `withIndex`; add the index if there is none. What no index can express is
    filtered in TypeScript, on a read that an index range has narrowed.

Exceptions:
    - `.filter(…).paginate(…)`: the filter keeps the pages full, which TypeScript could not.
    - A filter behind an index range or a search, which has narrowed the read.
    - Reads of system tables, which have no indexes to choose from.
    - A comment right above or behind it says that it is meant so, or that the table is small, or the table
      holds a list of the project's own, whose rows stand in the code or are kept by hand: medium
      confidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.steps import HelperCall, Read
from scaffold.rules.data import _filtered as filtered
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _predicates as predicates
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.model.body import Body
    from scaffold.rules.data._predicates import Condition


@rule(
    "CX201",
    "filter-scan",
    Read,
    level=Level.WARNING,
    mapped=("@convex-dev/no-filter-in-query",),
    by_module="any",
)
def filter_scan(read: Read, rule: Rule) -> Iterator[Finding]:
    """A filter where nothing narrows the read."""
    module, table = read.body.module, reads.table_of(read)
    found = _filter(read)
    if found is None or read.terminal == "paginate" or not reads.scans(read) or _is_paged(read):
        return
    first, conditions = found
    whole = f"index `{read.index}` of `{read.table}`" if read.index else f"table `{read.table}`"
    evidence = [Evidence(table.place, "the table, with its indexes")] if table is not None else []
    yield rule.finding(
        module.place(first.at, first.end),
        f"the whole {whole} is read to filter it, in {reads.reader(read)}",
        way_out=indexes.advice(module, table, conditions),
        symbol=f"{read.body.module.name}:{read.body.name}:{read.table}",
        evidence=(*evidence, *reads.through(read)),
        confidence=reads.confidence(read),
    )


def _is_paged(read: Read) -> bool:
    """Whether a helper gives the query to callers, all of which take pages of it."""
    if read.terminal:
        return False
    calls = [way.via[-1] for _, way in read.body.project.owners(read) if way.via]
    return bool(calls) and all(_ends(call.body, read) == {"paginate"} for call in calls)


def _ends(caller: Body, read: Read) -> set[str]:
    """How the queries end that a caller begins by the helper of a read."""
    found: set[str] = set()
    for step in caller.steps:
        call = caller.result(step.root) if isinstance(step, Read) else None
        if isinstance(step, Read) and isinstance(call, HelperCall) and call.callee is read.body:
            found.add(step.terminal)
    return found


def _filter(read: Read) -> tuple[n.Call, Sequence[Condition]] | None:
    """The first filter of a read, and the conditions of all; `filter(query, …)` of convex-helpers too."""
    if read.filters:
        first = min(read.filters, key=lambda call: call.at)
        return first, [each for call in read.filters for each in predicates.of_query(call)]
    helper = filtered.helper_filter(read)
    if helper is None or not isinstance(helper.node, n.Call):
        return None
    return helper.node, predicates.of_function(helper.node.arguments[1:2])
