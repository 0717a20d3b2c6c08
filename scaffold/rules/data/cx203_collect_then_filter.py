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
    - How many come before: `rows.findIndex((row) => row._id === id) + 1`.
    - A comment right above, or behind it, that says it is meant so, or that the table is small, and tables
      that hold a list of the project's own, whose rows stand in the code or are kept by hand: medium
      confidence. So are tables of which nothing tells that they grow (see CX202), unless they are asked for
      what belongs to one of many (`row.projectId === id`). The same for what leaves out only deleted
      documents, which most are not, or those that are not active, enabled or published, as most are, for
      fields that hold one of two values, for loops that only skip by flags, for migrations and seeds, which
      run once, and for fields that the table does not have.
    - A read that the database filters too: CX201 reports it.
    - A loop that does something with every document, or compares them with each other (`row.n > best`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.core.patterns import regex
from scaffold.model.project import Project
from scaffold.model.steps import OtherCall, Read
from scaffold.rules.data import _filtered as filtered
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.steps import Step
    from scaffold.rules.data._predicates import Condition

_ONCE = regex(r"migrat|backfill|seed", re.IGNORECASE)


@rule("CX203", "collect-then-filter", Project, level=Level.WARNING, by_module="any")
def collect_then_filter(project: Project, rule: Rule) -> Iterator[Finding]:
    """Array filters on collected scans, and loops that pick from them."""
    for step, read, conditions in filtered.all_of(project):
        if not isinstance(step, Read) and not read.filters:  # else CX201 tells
            yield _finding(step, read, conditions, rule)


def _finding(step: Step, read: Read, conditions: tuple[Condition, ...], rule: Rule) -> Finding:
    module, table = step.body.module, reads.table_of(read)
    how = step.name if isinstance(step, OtherCall) else "for"
    evidence = [Evidence(read.place, "all of it is read here")]
    if table is not None:
        evidence.append(Evidence(table.place, "the table, with its indexes"))
    apart = dict.fromkeys(each.field for each in conditions)
    fields = " and ".join(f"`{field}`" for field in apart)
    return rule.finding(
        filtered.place(step),
        f"all of `{read.table}` is loaded to keep what matches by {fields}, in {reads.reader(step)}",
        way_out=indexes.advice(module, table, conditions),
        symbol=f"{module.name}:{step.body.name}:{read.table}:{how}",
        evidence=evidence,
        confidence=Confidence.MEDIUM if _tells_little(step, read, conditions) else reads.confidence(read),
    )


def _tells_little(step: Step, read: Read, conditions: tuple[Condition, ...]) -> bool:
    """Whether an index would spare little: by what is asked, or as a loop only skips by flags, or runs once.

    None can be made by fields that the table does not have.
    """
    table = reads.table_of(read)
    unheard = table is not None and not any(indexes.can_have(table, each.field) for each in conditions)
    if unheard or indexes.spares_little(read, conditions) or _ONCE.search(reads.reader(step)):
        return True
    return not isinstance(step, OtherCall) and all(each.is_of_flag for each in conditions)
