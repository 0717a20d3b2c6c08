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
    - Reads narrowed by an index are reported with medium confidence: nobody knows here how many match. So
      are those that a filter narrows to what belongs to one (`q.eq(q.field("owner"), owner._id)`): the scan
      is the trouble there, which CX201 tells of, and few are written. So are those of a list of the
      project's own, whose rows stand in the code or are kept by hand, and those of tables of which nothing
      tells that they grow (see CX202).
    - Actions, where each write is a transaction of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.steps import ClosureFrame, HelperCall, LoopFrame, OtherCall, Step, Write
from scaffold.model.values import Closure, Unknown
from scaffold.rules._ways import ways
from scaffold.rules.data._reads import may_be_short
from scaffold.rules.rule import Rule, rule
from scaffold.rules.transactions._bounds import is_narrowed, looped_read
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.steps import Read
    from scaffold.model.values import Value
    from scaffold.rules._ways import Way

_PER_ELEMENT = {"map", "flatMap", "forEach"}


@rule("CX308", "unbounded-writes", Write, level=Level.WARNING, by_module="any")
def unbounded_writes(write: Write, rule: Rule) -> Iterator[Finding]:
    """One write, if a mutation comes to it in a loop over an unbounded read."""
    owners = write.body.project.owners(write)
    if not any(_may_loop(step) for _, reached in owners for step in reached.levels):
        return  # the usual case, told without a look at the tests on each way
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
            confidence=Confidence.MEDIUM if is_narrowed(read) or may_be_short(read) else way.confidence,
        )
        return


def _may_loop(step: Step) -> bool:
    """Whether a loop stands around a step, or a function that a loop may call."""
    return any(isinstance(frame, (LoopFrame, ClosureFrame)) for frame in step.frames)


def _looped(way: Way, write: Write) -> Read | None:
    """The unbounded read that the write, or a call on the way to it, is in a loop over."""
    calls: tuple[HelperCall, ...] = way.reached.via
    steps: tuple[Step, ...] = (*calls, write)
    reads = (
        looped_read(each, calls[:depth])
        for depth, step in enumerate(steps)
        for each in (*_calls_around(step), step)
    )
    found = [read for read in reads if read is not None][::-1]
    return next((read for read in found if not is_narrowed(read)), found[0] if found else None)


def _calls_around(step: Step) -> Iterator[Step]:
    """The calls of the local functions that a step stands in: `const drop = async (row) => …`."""
    around = [frame.node for frame in step.frames if isinstance(frame, ClosureFrame) and frame.call is None]
    for each in step.body.steps if around else ():
        called = each.target if isinstance(each, HelperCall) else _handed(each)
        if isinstance(called, Closure) and any(called.node is node for node in around):
            yield each if isinstance(each, HelperCall) else _in_its_loop(each)


def _handed(step: Step) -> Value | None:
    """The function that a list is to run for each element: `rows.map(drop)`."""
    if isinstance(step, OtherCall) and step.name in _PER_ELEMENT and len(step.arguments) == 1:
        return step.body.value(step.arguments[0])
    return None


def _in_its_loop(step: Step) -> Step:
    """A call that runs a function for each element, as one that stands in a loop over them."""
    match step.node:
        case n.Call(callee=n.Member(object=receiver, property=method)) as call:
            return replace(step, frames=(*step.frames, LoopFrame(call, method, receiver)))
    return step
