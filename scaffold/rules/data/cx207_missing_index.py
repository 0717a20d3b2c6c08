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
    - Tables whose indexes are not all in view, and those that a package publishes.
    - Medium confidence: what only migrations, repairs, seeds and tests filter by, which run once, or
      internal functions that nothing names, which somebody runs by hand; scans that a comment calls meant,
      or the table small, and those of a list of the project's own, whose rows stand in the code or are kept
      by hand; tables of which nothing tells that they grow (see CX202), unless they are asked for what
      belongs to one of many (`projectId`); what most documents pass (`status === "active"`); fields that say
      whether a document is deleted, as most are not, or active, enabled or published, as most are, or that
      hold one of two values; fields that hold lists, objects or bytes, of which an index would be a copy; and
      fields that the schema does not declare, which no index can have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from scaffold.core.findings import Confidence, Evidence, Finding, Fix, Level
from scaffold.core.patterns import regex
from scaffold.core.places import Place
from scaffold.model.project import Project
from scaffold.rules._hands import is_run_by_hand
from scaffold.rules.data import _filtered as filtered
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.schema import Table

_SHOWN = 5
_ONCE = regex(
    r"migrat|backfill|seed|mock|fixture|test|cleanup|oneOff|diagnos|debug|simulat|playground|dev_?tools"
    r"|invariant|(?-i:[`:]fix(?=[A-Z_])|(?<![a-z])[rR]epair(?![a-z]))",
    re.IGNORECASE,
)


def _wanted(project: Project, rule: Rule) -> Iterator[list[Any]]:  # noqa: ARG001 - one signature for all
    """The tables and fields that scans compare for equality, where no index starts with any of them."""
    for step, read, conditions in filtered.all_of(project):
        table, fields = reads.table_of(read), indexes.equal_fields(conditions)
        if table is None or indexes.SYSTEM & set(fields) or not _is_whole(table):
            continue
        if step is not read and read.filters:  # what the database filters by comes first
            continue
        fields = tuple(field for field in fields if indexes.can_have(table, field)) or fields
        if fields and not any(indexes.starts_with(table, field) for field in fields):
            reader = reads.reader(step)
            once = _ONCE.search(reader) is not None or is_run_by_hand(step)
            seldom = once or reads.confidence(read) is not Confidence.HIGH
            seldom = seldom or indexes.spares_little(read, conditions)
            yield [table.name, list(fields), reader, to_builtins(filtered.place(step)), seldom]


@rule("CX207", "missing-index", Project, level=Level.WARNING, gather=_wanted)
def missing_index(project: Project, rule: Rule) -> Iterator[Finding]:
    """One finding for each table and set of fields that its reads filter by in vain."""
    for (name, fields), found in _by_fields(rule).items():
        table = project.tables[name]
        declared = indexes.declaration(project, fields)
        possible = all(indexes.can_have(table, field) for field in fields)
        bulky = [field for field in fields if indexes.is_bulky(table, field)]
        edits = indexes.addition(table, declared) if possible and not bulky else ()
        names = " and ".join(f"`{field}`" for field in fields)
        first = "" if possible else f"declare {names}, "
        who = "a read filters" if len(found) == 1 else f"{len(found)} reads filter"
        often = not all(once for _, once in found.values()) and not bulky
        add = f"{first}add `{declared}` to table `{table.name}`, and read by it"
        yield rule.finding(
            table.place,
            f"table `{table.name}` has no index that starts with {names}, which {who} by",
            way_out=indexes.instead_of(bulky) if bulky else add,
            symbol=f"{table.name}.{'.'.join(fields)}",
            evidence=[
                Evidence(place, f"filtered in {reader}")
                for place, (reader, _) in list(found.items())[:_SHOWN]
            ],
            fix=Fix(f"add `{declared}`", edits) if edits else None,
            confidence=Confidence.HIGH if often and possible and _tells(table, fields) else Confidence.MEDIUM,
        )


def _tells(table: Table, fields: tuple[str, ...]) -> bool:
    """Whether an index would be worth its writes, by what tells documents apart."""
    return any(not indexes.is_shared(field) and not indexes.is_one_of_two(table, field) for field in fields)


def _by_fields(rule: Rule) -> dict[tuple[str, tuple[str, ...]], dict[Place, tuple[str, bool]]]:
    """Where scans filter, in which function and whether that runs once only, by table and fields."""
    found: dict[tuple[str, tuple[str, ...]], dict[Place, tuple[str, bool]]] = {}
    for table, fields, reader, place, once in rule.gathered:
        found.setdefault((table, tuple(fields)), {}).setdefault(convert(place, Place), (reader, once))
    return found


def _is_whole(table: Table) -> bool:
    """Whether all indexes of a table can be read, and it is the project's own."""
    return (
        not table.package
        and table.complete
        and all(index.fields is not None for index in table.indexes if index.kind == "db")
    )
