"""A whole table, or a whole index, is loaded at once.

Why:
    The read grows with the table until it passes the limits of a transaction (32,000 documents, 16 MiB)
    and every call fails. Long before that it makes the function slow and dear, and any write to the table
    reruns the query or conflicts with the mutation.

Bad:
    ```ts
    // convex/tasks.ts
    import { query } from "./_generated/server";

    export const all = query({
      args: {},
      handler: async (ctx) => {
        return await ctx.db.query("tasks").collect(); // <- CX202
      },
    });
    ```

Good:
    ```ts
    // convex/tasks.ts
    import { paginationOptsValidator } from "convex/server";
    import { query } from "./_generated/server";

    export const page = query({
      args: { paginationOpts: paginationOptsValidator },
      handler: async (ctx, args) => {
        return await ctx.db.query("tasks").order("desc").paginate(args.paginationOpts);
      },
    });

    export const newest = query({
      args: {},
      handler: async (ctx) => {
        return await ctx.db.query("tasks").order("desc").take(20);
      },
    });
    ```

Way out:
    Narrow the read by an index range, take a fixed number, or page with `paginate`. A job over all
    documents takes them in batches and schedules itself anew.

Exceptions:
    - A read that an index range narrows.
    - `for await` that leaves its loop early.
    - A filtered scan is reported as CX201.
    - Medium confidence: tables of which nothing tells that they grow, which may hold a short list, such as
      categories or the programs of a school. What tells it: their name (`messages`, `orders`), people, whose
      the documents are (`userId`), that they belong to what grows, follow each other in time, expire or are
      searched. Tables, too, of which the same function deletes all but the newest few, and what fills a
      project to try it.
    - A comment right above or behind it says that it is meant so, or that the table is small: medium
      confidence. So are tables that hold a list of the project's own, as plans or levels: its rows stand in
      the code, which but puts them in place or edits them, or no code adds any, or they are settings, with a
      `key` and a `value`; and they are nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.model.steps import Read
from scaffold.model.values import Global, Literal
from scaffold.rules._nodes import is_left, nodes_of
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDLESS = (Global(("Infinity",)), *(Global(("Number", name)) for name in ("MAX_SAFE_INTEGER", "MAX_VALUE")))
_HUGE = 1000  # documents; up to here the official advice accepts loading a whole set


@rule(
    "CX202",
    "unbounded-read",
    Read,
    level=Level.WARNING,
    mapped=("@convex-dev/no-collect-in-query",),
    by_module="any",
)
def unbounded_read(read: Read, rule: Rule) -> Iterator[Finding]:
    """A read without an end."""
    if read.filters or not reads.scans(read) or not _loads_all(read, rule):
        return
    public = reads.in_public_query(read)
    table = reads.table_of(read)
    whole = f"index `{read.index}` of `{read.table}`" if read.index else f"table `{read.table}`"
    evidence = [Evidence(table.place, "the table")] if table is not None else []
    verb = "are" if read.terminal == "take" else "is"
    yield rule.finding(
        read.place,
        f"{_amount(read)}{whole} {verb} loaded in {reads.reader(read)}"
        + (", which clients call" if public else ""),
        way_out=_way_out(read, public=public),
        symbol=f"{read.body.module.name}:{read.body.name}:{read.table}",
        evidence=(*evidence, *reads.through(read)),
        level=Level.ERROR if public else None,
        confidence=Confidence.MEDIUM
        if reads.is_said_small(read) or reads.may_be_short(read)
        else Confidence.HIGH,
    )


def _loads_all(read: Read, rule: Rule) -> bool:
    if read.terminal == "for await":
        return not _leaves_early(read)
    if read.terminal == "take":
        value = read.body.value(read.bound)
        if value in _ENDLESS:
            return True
        largest = rule.setting("largest-take", _HUGE)
        return (
            isinstance(value, Literal) and isinstance(value.value, float | int) and value.value > largest + 1
        )
    return reads.collected(read)


def _leaves_early(read: Read) -> bool:
    """Whether the loop over the query has a way out before its end."""
    loops = [
        node
        for node in nodes_of(read.body, n.Loop)
        if node.head is not None and node.start <= read.node.start < node.end
    ]
    return any(map(is_left, loops[-1:]))


def _amount(read: Read) -> str:
    value = read.body.value(read.bound) if read.terminal == "take" else None
    if isinstance(value, Literal) and isinstance(value.value, float | int):
        return f"up to {value.value:,.0f} documents of "
    return "the whole "


def _way_out(read: Read, *, public: bool) -> str:
    narrow = f"narrow it by an index range (`.withIndex(…, (q) => q.eq(…))`) on `{read.table}`"
    if public:
        return f"{narrow}, or page with `.paginate(args.paginationOpts)`, or end it with `.take(n)`"
    return f"{narrow}, end it with `.take(n)`, or work in batches of `.take(n)` that schedule the next one"
