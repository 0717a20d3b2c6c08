"""Documents are loaded only to be counted.

Why:
    Every document is read in full, at the price of all of them, for one number; and any change of any of
    them reruns the query or conflicts with the mutation.

Bad:
    ```ts
    // convex/likes.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const count = query({
      args: { postId: v.id("posts") },
      handler: async (ctx, args) => {
        const likes = await ctx.db
          .query("likes")
          .withIndex("by_postId", (q) => q.eq("postId", args.postId))
          .collect();
        return likes.length; // <- CX210
      },
    });
    ```

Good:
    ```ts
    // convex/likes.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const count = query({
      args: { postId: v.id("posts") },
      handler: async (ctx, args) => {
        const post = await ctx.db.get("posts", args.postId);
        return post?.likeCount ?? 0;
      },
    });
    ```

Way out:
    Keep the number in a document that the same mutation changes, or use the aggregate component. To know
    whether there is any, take `.first()`; to show "99+", take 100.

Exceptions:
    - The documents are used for something else too.
    - `.take(n)`: the number of documents is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.steps import Length
from scaffold.model.values import Literal, Result
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk, walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Read

_COMPARISONS = {"===", "!==", "==", "!=", ">", "<", ">=", "<="}


@rule("CX210", "count-by-collect", Length, level=Level.WARNING)
def count_by_collect(length: Length, rule: Rule) -> Iterator[Finding]:
    """`.length` of a collected read whose documents nobody looks at."""
    read = length.read
    if read.terminal != "collect" or not _is_whole(length) or not _only_counted(length, read):
        return
    table = f"`{read.table}`" if isinstance(read.table, str) else "a table"
    exists = _asks_for_any(length)
    yield rule.finding(
        length.place,
        f"{reads.reader(length)} loads documents of {table} only to "
        + ("see whether there are any" if exists else "count them"),
        way_out="read one with `.first()` and compare it with `null`"
        if exists
        else "keep the number in a document that the mutations change, use `@convex-dev/aggregate`, "
        "or bound it with `.take(n)`",
        symbol=f"{read.body.module.name}:{read.body.name}:{read.table}",
        evidence=[Evidence(read.place, "loaded here")],
    )


def _is_whole(length: Length) -> bool:
    """Whether it is the length of the result itself, not of something in a document."""
    node = length.node
    if not isinstance(node, n.Member) or length.read.body is not length.body:
        return False
    value = length.body.value(node.object)
    return isinstance(value, Result) and not value.path


def _only_counted(length: Length, read: Read) -> bool:
    """Whether nothing but `.length` is taken of the result."""
    body = length.body
    counted = {
        id(node.object)
        for node in walk(body.function)
        if isinstance(node, n.Member) and node.property == "length"
    }
    uses = [node for node in walk_all(body.function.body) if _is_result(body, node, read)]
    declared = _declared(body)
    return all(id(node) in counted or id(node) in declared for node in uses)


def _is_result(body: Body, node: n.Node, read: Read) -> bool:
    if not isinstance(node, n.Name):
        return False
    value = body.value(node)
    return isinstance(value, Result) and value.step is read and not value.path


def _declared(body: Body) -> set[int]:
    """The names that are being declared, which is no use of them."""
    return {
        id(part)
        for node in walk_all(body.function.body)
        if isinstance(node, n.Declare)
        for part in walk(node.target)
    }


def _asks_for_any(length: Length) -> bool:
    """Whether the number is only compared with zero."""
    for node in walk(length.body.function):
        if isinstance(node, n.Binary) and node.operator in _COMPARISONS:
            sides = (node.left, node.right)
            if any(side.start == length.node.start and side.end == length.node.end for side in sides):
                values = [length.body.value(side) for side in sides]
                return any(isinstance(value, Literal) and value.value in {0, 1} for value in values)
        if isinstance(node, n.Unary) and node.operator == "!" and node.value is length.node:
            return True
    return False
