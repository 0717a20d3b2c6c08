"""An index that Convex refuses: a reserved name or field, or more than its limits allow.

Why:
    The push fails, often only in CI: names and limits are checked by the backend, not by the types.

Bad:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      events: defineTable({ kind: v.string() })
        .index("by_creation_time", ["kind"]) // <- CX217
        .index("by_kind", ["kind", "_creationTime"]), // <- CX217
    });
    ```

Good:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      events: defineTable({ kind: v.string() }).index("by_kind", ["kind"]),
    });
    ```

Way out:
    Choose another name. `_creationTime` is the last field of every index already: leave it out.

Exceptions:
    - Names and fields that are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.schema import Index, Table
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESERVED = {"by_id": "`_id`", "by_creation_time": "`_creationTime`"}
_LONGEST_NAME = 64  # characters
_MOST_INDEXES = 32
_MOST_FIELDS = 15  # and `_creationTime`, which is added


@rule("CX217", "reserved-index", Table, level=Level.ERROR, by_module="any")
def reserved_index(table: Table, rule: Rule) -> Iterator[Finding]:
    """The indexes of a table that cannot be pushed."""
    for index in table.indexes:
        for fault, way_out in _faults(index):
            yield rule.finding(
                index.place,
                f"index `{index.name}` of `{table.name}` {fault}",
                way_out=way_out,
                symbol=f"{table.name}.{index.name}",
            )
    surplus = [index for index in table.indexes if index.kind == "db"][_MOST_INDEXES:]
    if surplus:
        yield rule.finding(
            surplus[0].place,
            f"table `{table.name}` has {_MOST_INDEXES + len(surplus)} indexes; {_MOST_INDEXES} are allowed",
            way_out="remove indexes that nobody reads, or move some fields to a table of their own",
            symbol=table.name,
            evidence=[Evidence(table.place, "the table")],
        )


def _faults(index: Index) -> Iterator[tuple[str, str]]:
    """What is wrong with one index, and the way out of it."""
    if isinstance(index.name, str):
        yield from _name_faults(index, index.name)
    if index.kind != "db" or index.fields is None:
        return
    if "_creationTime" in index.fields:
        rest = ", ".join(f'"{field}"' for field in index.fields if field != "_creationTime")
        way_out = f"list only `[{rest}]`" if rest else "remove it: `by_creation_time` is always there"
        yield "lists `_creationTime`, which every index ends with already", way_out
    if len(index.fields) > _MOST_FIELDS:
        yield (
            f"has {len(index.fields)} fields; {_MOST_FIELDS} are allowed",
            f"keep the first {_MOST_FIELDS} fields, or those that readers compare",
        )


def _name_faults(index: Index, name: str) -> Iterator[tuple[str, str]]:
    if name in _RESERVED:
        yield f"has the name of the built-in index on {_RESERVED[name]}", f"rename it to `{_named(index)}`"
    elif name.startswith("_"):
        yield (
            "starts with an underscore, as only names of the system do",
            f"rename it to `{name.lstrip('_')}`",
        )
    if len(name) > _LONGEST_NAME:
        yield f"has a name of {len(name)} characters; {_LONGEST_NAME} are allowed", "shorten the name"


def _named(index: Index) -> str:
    fields = [field for field in index.fields or () if not field.startswith("_")]
    return "by_" + "_and_".join(field.replace(".", "_") for field in fields) if fields else "by_<fields>"
