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
    - Medium confidence: counts of what may be few. That are tables of which nothing tells that they grow
      (see CX202), and what belongs to one, such as the members of a team or the questions of a test, unless
      it comes about every day, as messages and orders do; what is held to a limit that the count is compared
      with; and reads of which a comment says that they are small. Comparisons with a number stay sure: all
      that they need can be read with `.take(n)`.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Finding, Level
from scaffold.model.growth import grows_within
from scaffold.model.rounds import over
from scaffold.model.steps import Length, Throw
from scaffold.model.values import Literal, Result
from scaffold.rules.data import _indexes as indexes
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk, walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.steps import Read

_COMPARISONS = {"===", "!==", "==", "!=", ">", "<", ">=", "<="}
_ALL = {"collect", "for await"}
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_ANY = {("===", 0), ("!==", 0), ("==", 0), ("!=", 0), (">", 0), ("<=", 0), ("<", 1), (">=", 1)}


@rule("CX210", "count-by-collect", Length, level=Level.WARNING, by_module="any")
def count_by_collect(length: Length, rule: Rule) -> Iterator[Finding]:
    """The number of the documents of a read that nobody looks at."""
    read = length.read
    if read.terminal not in _ALL or not _is_first(length) or not _only_counted(length, read):
        return
    table = f"`{read.table}`" if isinstance(read.table, str) else "a table"
    purpose, way_out = _purpose(length)
    yield rule.finding(
        length.place,
        f"documents of {table} are loaded only to {purpose}, in {reads.reader(length)}",
        way_out=way_out,
        symbol=f"{read.body.module.name}:{read.body.name}:{read.table}",
        evidence=[Evidence(read.place, "loaded here")],
        confidence=_confidence(length),
    )


def _confidence(length: Length) -> Confidence:
    """How sure it is that there will be many; for a comparison with a number, few need be read at all."""
    read = length.read
    if reads.is_said_small(read):
        return Confidence.MEDIUM
    if not isinstance(read.table, str) or (_compared(length) is not None and not reads.is_filled(read)):
        return Confidence.HIGH
    many = _may_be_many(read) and not _is_held_to_a_limit(length)
    return Confidence.HIGH if many else Confidence.MEDIUM


def _may_be_many(read: Read) -> bool:
    """Whether something tells that there are ever more documents, even of the one whose they are."""
    table = reads.table_of(read)
    fields = [each.field for each in read.comparisons if each.operator == "eq"]
    if any(isinstance(field, str) and indexes.is_of_one(table, field) for field in fields):
        return grows_within(table, str(read.table))
    return not reads.may_be_short(read)


def _is_held_to_a_limit(length: Length) -> bool:
    """Whether no more are let in than some number: `if (rows.length >= team.seats) throw …`."""
    return any(
        _is_same(length.node, side)
        for step in length.body.steps
        if isinstance(step, Throw)
        for test in step.tests
        for node in walk(test)
        if isinstance(node, n.Binary) and node.operator in {">", ">=", "<", "<="}
        for side in (node.left, node.right)
    )


def _is_first(length: Length) -> bool:
    """Whether it is the first place where the length of the result itself is asked for."""
    asked = (
        step
        for step in length.body.steps
        if isinstance(step, Length) and step.read is length.read and _is_whole(step)
    )
    return next(asked, None) is length


def _is_whole(length: Length) -> bool:
    """Whether it is the length of the result itself, not of something in a document."""
    rows = _rows(length)
    if rows is not None and length.body.result(rows) is length.read:  # for await (const row of query)
        return True
    value = length.body.value(rows)
    return isinstance(value, Result) and not value.path


def _rows(length: Length) -> n.Expression | None:
    """What is counted."""
    match length.node:
        case n.Member(object=rows) | n.Call(callee=n.Member(object=rows)):
            return rows
        case n.Loop() as loop:
            return over(loop, length.body)
    return None


def _only_counted(length: Length, read: Read) -> bool:
    """Whether nothing but `.length` is taken of the result."""
    if not isinstance(_rows(length), n.Name):
        return True
    return read not in _used(length.body)


@lru_cache(maxsize=256)
def _used(body: Body) -> frozenset[Read | None]:
    """The reads of whose results a body takes more than their number."""
    counted = {id(_rows(step)) for step in body.steps if isinstance(step, Length)} | {
        id(node.object)
        for node in walk(body.function)
        if isinstance(node, n.Member) and node.property == "length"
    }
    names = (node for node in walk_all(body.function.body) if isinstance(node, n.Name))
    no_uses = counted | _declared(body)
    return frozenset(reads.read_behind(body.value(node)) for node in names if id(node) not in no_uses)


def _declared(body: Body) -> set[int]:
    """The names that are being declared, which is no use of them."""
    patterns = (
        node.target if isinstance(node, n.Declare) else node.pattern
        for node in walk_all(body.function.body)
        if isinstance(node, n.Declare | n.Parameter)
    )
    return {id(part) for pattern in patterns for part in walk(pattern)}


def _purpose(length: Length) -> tuple[str, str]:
    """What the number is for, and the way out."""
    compared = _compared(length)
    if compared in _ANY:
        return "see whether there are any", "read one with `.first()` and compare it with `null`"
    if compared is not None:
        _, number = compared
        return (
            f"compare their number with {number}",
            f"read only as many as it takes, with `.take({number + 1})`, or keep the number in a document",
        )
    return (
        "count them",
        "keep the number in a document that the mutations change, use `@convex-dev/aggregate`, "
        "or bound it with `.take(n)`",
    )


def _compared(length: Length) -> tuple[str, int] | None:
    """The comparison with a whole number that the length stands in, the length on the left."""
    for node in walk(length.body.function):
        match node:
            case n.Unary(operator="!", value=value) if _is_same(value, length.node):
                return "===", 0
            case n.Binary(operator=operator, left=left, right=right) if operator in _COMPARISONS:
                if _is_same(left, length.node):
                    return _with(length, operator, right)
                if _is_same(right, length.node):
                    return _with(length, _MIRRORED.get(operator, operator), left)
    return None


def _is_same(node: n.Node, other: n.Node) -> bool:
    return (node.start, node.end) == (other.start, other.end)


def _with(length: Length, operator: str, node: n.Expression) -> tuple[str, int] | None:
    value = length.body.value(node)
    if isinstance(value, Literal) and isinstance(value.value, float | int) and 0 <= value.value < inf:
        return operator, int(value.value)
    return None
