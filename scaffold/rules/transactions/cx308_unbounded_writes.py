"""A mutation writes once for each document that an unbounded query finds.

Why:
    A transaction may write 16,000 documents and read 32,000. A loop over a whole table works on the test
    data and fails in production on the day the table has grown, and until then it conflicts with every
    other mutation that touches the table.

Bad:
    ```ts
    // convex/tasks.ts
    import { internalMutation } from "./_generated/server";

    export const archiveAll = internalMutation({
      args: {},
      handler: async (ctx) => {
        const tasks = await ctx.db.query("tasks").collect();
        for (const task of tasks) {
          await ctx.db.patch(task._id, { archived: true }); // <- CX308
        }
      },
    });
    ```

Good:
    ```ts
    // convex/tasks.ts
    import { internal } from "./_generated/api";
    import { internalMutation } from "./_generated/server";

    export const archiveAll = internalMutation({
      args: {},
      handler: async (ctx) => {
        const tasks = await ctx.db
          .query("tasks")
          .withIndex("by_archived", (q) => q.eq("archived", false))
          .take(200);
        for (const task of tasks) {
          await ctx.db.patch(task._id, { archived: true });
        }
        if (tasks.length === 200) await ctx.scheduler.runAfter(0, internal.tasks.archiveAll, {});
      },
    });
    ```

Way out:
    Take a batch (`.take(200)`, or `.paginate` with the cursor as an argument), write it, and let the
    mutation schedule itself with `ctx.scheduler.runAfter(0, internal.…)` while there is more.

Exceptions:
    - Reads with `.take(n)`, `.paginate` or `.first()`, unless one loop reads batch after batch.
    - Loops over `rows.slice(0, n)`, and those that `break` at a limit or behind the write.
    - Reads narrowed by an index are reported with medium confidence: nobody knows here how many match.
    - Actions, where each write is a transaction of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.steps import HelperCall, Step, Write
from scaffold.model.values import Unknown
from scaffold.rules._ways import ways
from scaffold.rules.rule import Rule, rule
from scaffold.rules.transactions._bounds import is_narrowed, looped_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.steps import Read
    from scaffold.rules._ways import Way


@rule("CX308", "unbounded-writes", Write, level=Level.WARNING, by_module="any")
def unbounded_writes(write: Write, rule: Rule) -> Iterator[Finding]:
    """One write, if a mutation comes to it in a loop over an unbounded read."""
    for way in ways(write, {Kind.MUTATION}):
        read = _looped(way, write)
        if read is None:
            continue
        table = "a table" if isinstance(read.table, Unknown) else f"`{read.table}`"
        yield rule.finding(
            write.place,
            f"mutation `{way.function.identifier}` calls `db.{write.operation}` for each document that an "
            f"unbounded read of {table} finds",
            way_out="read a batch with `.take(200)` and let the mutation schedule itself while there is more",
            symbol=f"{way.function.identifier} {write.operation}",
            evidence=(Evidence(read.place, "the read has no bound"), *way.evidence()),
            confidence=Confidence.MEDIUM if is_narrowed(read) else way.confidence,
        )
        return


def _looped(way: Way, write: Write) -> Read | None:
    """The unbounded read that the write, or a call on the way to it, is in a loop over."""
    calls: tuple[HelperCall, ...] = way.reached.via
    steps: tuple[Step, ...] = (*calls, write)
    reads = (looped_read(step, calls[:depth]) for depth, step in enumerate(steps))
    found = [read for read in reads if read is not None][::-1]
    return next((read for read in found if not is_narrowed(read)), found[0] if found else None)
