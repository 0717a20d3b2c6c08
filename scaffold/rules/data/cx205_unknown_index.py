"""A read by an index that the schema does not declare, or against the order of its fields.

Why:
    The call throws as soon as it runs. An index can only be narrowed in the order of its fields: equal to
    a value for the first ones, then at most one lower and one upper bound on the next.

Bad:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      messages: defineTable({ channel: v.string(), author: v.string() }).index("by_channel_and_author", [
        "channel",
        "author",
      ]),
    });

    // convex/messages.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const byAuthor = query({
      args: { author: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("messages")
          .withIndex("by_author", (q) => q.eq("author", args.author)) // <- CX205
          .take(10);
      },
    });

    export const byAuthorAgain = query({
      args: { author: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("messages")
          .withIndex("by_channel_and_author", (q) => q.eq("author", args.author)) // <- CX205
          .take(10);
      },
    });
    ```

Good:
    ```ts
    // convex/schema.ts
    import { defineSchema, defineTable } from "convex/server";
    import { v } from "convex/values";

    export default defineSchema({
      messages: defineTable({ channel: v.string(), author: v.string() }).index("by_channel_and_author", [
        "channel",
        "author",
      ]),
    });

    // convex/messages.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const newest = query({
      args: { channel: v.string(), author: v.string() },
      handler: async (ctx, args) => {
        return await ctx.db
          .query("messages")
          .withIndex("by_channel_and_author", (q) =>
            q.eq("channel", args.channel).eq("author", args.author).gt("_creationTime", 0),
          )
          .order("desc")
          .take(10);
      },
    });
    ```

Way out:
    Use the name and the field order that the schema declares, or declare the index. A staged index can be
    read once `staged` is removed and deployed.

Exceptions:
    - Tables whose indexes are not all in view (spread in from a package that is not known, entity layers),
      computed names.
    - `by_id` and `by_creation_time`, which every table has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.core.text import nearest
from scaffold.model.project import Project
from scaffold.model.steps import Comparison, OtherCall, Read
from scaffold.model.values import Context, Literal, Mixed, Unknown
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.schema import Index, Table

_VECTOR_SEARCH = Context(("vectorSearch",))
_BUILT_IN = {"by_id": ("_id",), "by_creation_time": ("_creationTime",)}


@rule("CX205", "unknown-index", Project, level=Level.ERROR, by_module="any")
def unknown_index(project: Project, rule: Rule) -> Iterator[Finding]:
    """Indexes that cannot be read like that."""
    for read in project.steps(Read):
        yield from _of_read(read, rule)
    for call in project.steps(OtherCall):
        if call.value == _VECTOR_SEARCH:
            yield from _of_vector_search(call, rule)


def _of_read(read: Read, rule: Rule) -> Iterator[Finding]:
    table = reads.table_of(read)
    if table is None or read.system:
        return
    for name in _names(read):
        wrong = _wrong(read, table, name)
        if wrong is None:
            continue
        message, way_out, evidence = wrong
        yield rule.finding(
            read.body.module.at(read.index_node or read.root),
            message,
            way_out=way_out,
            symbol=f"{read.body.module.name}:{read.body.name}:{table.name}.{name}",
            evidence=(evidence, *reads.through(read)),
        )


def _names(read: Read) -> list[str]:
    """The index of a read, or each that it may be: `recent ? "by_date" : "by_name"`."""
    if isinstance(read.index, str):
        return [read.index]
    if read.body.told:
        return []  # which index may go with the table
    value = read.body.value(read.index_node) if isinstance(read.index, Unknown) else None
    parts = value.values if isinstance(value, Mixed) else ()
    return [part.value for part in parts if isinstance(part, Literal) and isinstance(part.value, str)]


def _of_vector_search(call: OtherCall, rule: Rule) -> Iterator[Finding]:
    names = [call.body.value(argument) for argument in call.arguments[:2]]
    texts = [name.value for name in names if isinstance(name, Literal) and isinstance(name.value, str)]
    table = call.body.project.tables.get(texts[0]) if len(texts) == 2 else None  # noqa: PLR2004 - table, index
    if table is None or not _all_named(table):
        return
    index = table.index(texts[1])
    if index is not None and index.kind == "vector":
        return
    known = [str(each.name) for each in table.indexes if each.kind == "vector"]
    listed = ", ".join(f"`{each}`" for each in known)
    yield rule.finding(
        call.body.module.at(call.arguments[1]),
        f"table `{table.name}` has no vector index `{texts[1]}`",
        way_out=f"use {listed}" if known else f"declare it with `.vectorIndex` on table `{table.name}`",
        symbol=f"{call.body.module.name}:{call.body.name}:{table.name}.{texts[1]}",
        evidence=(Evidence(table.place, "the table"),),
    )


def _all_named(table: Table) -> bool:
    """Whether all indexes of a table are in view, by name."""
    return table.complete and not any(isinstance(index.name, Unknown) for index in table.indexes)


def _wrong(read: Read, table: Table, name: str) -> tuple[str, str, Evidence] | None:
    """What is wrong with the read, the way out, and the place that shows it."""
    is_sure = read.index == name  # of several, nobody can tell which one a range is for
    if name in _BUILT_IN and read.index_kind == "db":
        fields = _BUILT_IN[name]
        return _misordered(read, name, fields, Evidence(table.place, "the table")) if is_sure else None
    index = table.index(name)
    if index is None:
        return _missing(read, table, name)
    evidence = Evidence(index.place, "declared here")
    if index.kind != read.index_kind:
        method = {"db": "withIndex", "search": "withSearchIndex", "vector": "ctx.vectorSearch"}[index.kind]
        return f"`{name}` of `{table.name}` is a {_kind(index)}", f"read it with `{method}`", evidence
    if index.staged:
        return (
            f"index `{name}` of `{table.name}` is staged: it cannot be read yet",
            f"remove `staged: true` from `{name}` and deploy before reading it",
            evidence,
        )
    if index.kind != "db" or index.fields is None or read.conditional or not is_sure:
        return None
    return _misordered(read, name, (*index.fields, "_creationTime"), evidence)


def _kind(index: Index) -> str:
    return {"db": "database index", "search": "search index", "vector": "vector index"}[index.kind]


def _missing(read: Read, table: Table, name: str) -> tuple[str, str, Evidence] | None:
    if not _all_named(table):
        return None
    kinds = {"db"} if read.index_kind == "db" else {"search"}
    known = [str(index.name) for index in table.indexes if index.kind in kinds]
    fields = _fields(read)
    close = nearest(name, [each for each in known if _fits(table.index(each), fields)])
    if close:
        way_out = f"read with `{close}`"
    elif fields:
        listed = ", ".join(f'"{field}"' for field in fields)
        way_out = f'add `.index("{name}", [{listed}])` to table `{table.name}`'
    elif known:
        way_out = f"use one of {', '.join(f'`{each}`' for each in known)}"
    else:
        way_out = f"declare it: table `{table.name}` has no indexes"
    message = f"table `{table.name}` has no {'search ' if read.index_kind == 'search' else ''}index `{name}`"
    return message, way_out, Evidence(table.place, "the table")


def _fits(index: Index | None, fields: list[str]) -> bool:
    """Whether an index can serve a range over these fields."""
    return index is not None and (index.fields is None or list(index.fields[: len(fields)]) == fields)


def _fields(read: Read) -> list[str]:
    if read.index_kind != "db":
        return []
    fields = dict.fromkeys(each.field for each in read.comparisons if isinstance(each.field, str))
    return [field for field in fields if field != "_creationTime"]


def _misordered(
    read: Read, name: str, fields: tuple[str, ...], evidence: Evidence
) -> tuple[str, str, Evidence] | None:
    if isinstance(read.range, Unknown):
        return None
    fault = _fault(read.range, fields)
    if fault is None:
        return None
    order = ", ".join(f"`{field}`" for field in fields)
    return (
        f"the range on `{name}` {fault}",
        f"compare its fields in their order ({order}): `eq` first, then bounds on the next one; "
        "or declare an index for this range",
        evidence,
    )


def _fault(comparisons: tuple[Comparison, ...], fields: tuple[str, ...]) -> str | None:
    """Why the library will refuse the range; None if it will not, or nobody can tell."""
    position, bounded = 0, ""
    for each in comparisons:
        if isinstance(each.field, Unknown):
            return None
        if each.operator == "eq":
            if bounded:
                return f"compares `{each.field}` with `eq` behind a bound on `{bounded}`"
        elif bounded:
            if each.field != bounded:
                return f"has bounds on two fields, `{bounded}` and `{each.field}`"
            continue
        if position >= len(fields):
            return f"compares `{each.field}`, and the index has no more fields"
        if each.field != fields[position]:
            return _instead(each.field, fields, position)
        bounded = each.field if each.operator != "eq" else ""
        position += 1
    return None


def _instead(field: str, fields: tuple[str, ...], position: int) -> str:
    if field not in fields:
        return f"compares `{field}`, which is not in the index"
    return f"compares `{field}` where `{fields[position]}` comes first"
