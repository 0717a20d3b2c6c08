"""A call of the database, the scheduler, the storage or another function is neither awaited nor returned.

Why:
    The function may end before the call has: the write or the job is lost, and its error is seen by
    nobody. In a mutation it can also land outside of what the code around it expects, such as its `try`.

Bad:
    ```ts
    // convex/messages.ts
    import { internal } from "./_generated/api";
    import { mutation } from "./_generated/server";
    import { v } from "convex/values";

    export const send = mutation({
      args: { body: v.string() },
      handler: async (ctx, args) => {
        const id = await ctx.db.insert("messages", { body: args.body });
        ctx.scheduler.runAfter(0, internal.messages.notify, { id }); // <- CX301
      },
    });

    export const removeAll = mutation({
      args: { ids: v.array(v.id("messages")) },
      handler: async (ctx, args) => {
        args.ids.forEach(async (id) => { // <- CX301
          await ctx.db.delete("messages", id);
        });
      },
    });
    ```

Good:
    ```ts
    // convex/messages.ts
    import { internal } from "./_generated/api";
    import { mutation } from "./_generated/server";
    import { v } from "convex/values";

    export const send = mutation({
      args: { body: v.string() },
      handler: async (ctx, args) => {
        const id = await ctx.db.insert("messages", { body: args.body });
        await ctx.scheduler.runAfter(0, internal.messages.notify, { id });
      },
    });

    export const removeAll = mutation({
      args: { ids: v.array(v.id("messages")) },
      handler: async (ctx, args) => {
        await Promise.all(args.ids.map((id) => ctx.db.delete("messages", id)));
      },
    });
    ```

Way out:
    Write `await` before the call, or gather several with `await Promise.all([…])`. `forEach` waits for
    nothing: use `for … of`, or `map` inside of `Promise.all`.

Exceptions:
    - `void f()` says that the result is dropped on purpose.
    - With medium confidence: what `setInterval` does again and again, if its failure is caught.
    - Promises that are returned, gathered, or kept in a variable that is used again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Edit, Evidence, Finding, Fix, Level
from scaffold.model.project import Project
from scaffold.model.steps import ClosureFrame, HelperCall, OtherCall, Step, Use
from scaffold.rules._nodes import nodes_of
from scaffold.rules.rule import Rule, rule
from scaffold.rules.transactions import _promises as promises
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_DROPPING = {"forEach"}
_MAPPING = {"map", "flatMap"}
_LONGEST = 60


@rule("CX301", "floating-promise", Project, level=Level.ERROR, by_module="any")
def floating_promise(project: Project, rule: Rule) -> Iterator[Finding]:
    """Work that nobody waits for."""
    dropped: set[tuple[str, int]] = set()
    for step in project.steps(Step):
        if promises.is_gatherer(step):
            yield from _gathered(step, rule)
        elif _may_float(step) and promises.is_promise(step):
            call = _dropping(step)
            if call is None:
                yield from _direct(step, rule)
            elif (key := (step.body.module.path, call.start)) not in dropped:
                dropped.add(key)
                yield _in_callback(step, call, rule)


def _may_float(step: Step) -> bool:
    """Whether a look at what becomes of the step leaves it in doubt; most steps are awaited on the spot."""
    return step.use in {Use.DISCARDED, Use.STORED, Use.COLLECTED} or any(
        isinstance(frame, ClosureFrame) for frame in step.frames
    )


def _direct(step: Step, rule: Rule) -> Iterator[Finding]:
    """A call that is a statement of its own, or whose variable or list nobody looks at."""
    forgotten = step.use is Use.STORED and promises.is_forgotten(step)
    forgotten = forgotten or (step.use is Use.COLLECTED and promises.is_heaped(step))
    if step.use is not Use.DISCARDED and not forgotten:
        return
    module, name = step.body.module, _name(step)
    start = step.node.start
    fix = None
    if promises.is_async(step):
        fix = Fix("await it", (Edit(module.path, start, start, "await "),), safe=True)
    yield rule.finding(
        module.at(step.node),
        f"`{name}` is not awaited: {_who(step)} may end before it is done",
        way_out=f"write `await {name}(…)`" + ("" if fix else ", in an async function"),
        symbol=f"{module.name}:{step.body.name}:{name}",
        evidence=_inside(step),
        fix=fix,
        confidence=Confidence.MEDIUM if _is_ticking(step) else Confidence.HIGH,
    )


def _is_ticking(step: Step) -> bool:
    """Whether a timer does it again and again, where nobody can wait, and its failure is caught."""
    closures = [frame for frame in step.frames if isinstance(frame, ClosureFrame)]
    match closures:
        case [*_, ClosureFrame(node=node, call=n.Call(callee=n.Name(name="setInterval")))]:
            return any(
                isinstance(part, n.Member)
                and part.property == "catch"
                and part.object.start == step.node.start
                for part in walk(node)
            )
    return False


def _gathered(step: Step, rule: Rule) -> Iterator[Finding]:
    """`Promise.all(…)` as a statement of its own."""
    if step.use is not Use.DISCARDED or not isinstance(step, OtherCall):
        return
    inner = next(promises.gathered(step), None)
    if inner is None:
        return
    module, start = step.body.module, step.node.start
    edits = (Edit(module.path, start, start, "await "),)
    yield rule.finding(
        module.at(step.node),
        f"`Promise.{step.name}` of `{_name(inner)}` is not awaited: {_who(step)} may end before it is done",
        way_out="write `await` before it",
        symbol=f"{module.name}:{step.body.name}:{_name(inner)}",
        fix=Fix("await it", edits, safe=True) if promises.is_async(step) else None,
    )


def _dropping(step: Step) -> n.Call | None:
    """The call whose callback the step stands in, when that call drops what the callback returns."""
    closures = [frame for frame in step.frames if isinstance(frame, ClosureFrame)]
    if not closures or closures[-1].call is None or not isinstance(closures[-1].call.callee, n.Member):
        return None
    frame, call = closures[-1], closures[-1].call
    method = closures[-1].call.callee.property
    if call.arguments[:1] != (frame.node,):  # not a method of an array: `pMap(list, async () => …)`
        return None
    awaited = frame.node.is_async and step.use not in {Use.DISCARDED, Use.COLLECTED}
    if not _is_returned(step, frame) and not awaited:
        return None
    if method in _DROPPING:
        return call
    if method in _MAPPING and any(other.node is call and _is_lost(other) for other in step.body.steps):
        return call
    return None


def _is_lost(call: Step) -> bool:
    """Whether nobody waits for a list of promises; `await` of a list does not."""
    if call.use is Use.STORED:
        return promises.is_forgotten(call)
    if call.use is Use.AWAITED and isinstance(call.node, n.Call) and isinstance(call.node.callee, n.Member):
        return promises.is_array(call.body.value(call.node.callee.object)) and not _is_iterated(call)
    return call.use is Use.DISCARDED


def _is_iterated(call: Step) -> bool:
    """Whether `for await` runs over a list, which waits for each."""
    return any(loop.awaits and loop.head is call.node for loop in nodes_of(call.body, n.Loop))


def _is_returned(step: Step, frame: ClosureFrame) -> bool:
    """Whether a callback gives a step back; of `forEach` the model says at once that nobody takes it."""
    match frame.node.body:
        case (n.Return(implicit=True, value=value),) if value is step.node:
            return True
    return step.use is Use.RETURNED


def _in_callback(step: Step, call: n.Call, rule: Rule) -> Finding:
    module, name = step.body.module, _name(step)
    method = call.callee.property if isinstance(call.callee, n.Member) else "callback"
    return rule.finding(
        module.place(call.at, call.end),
        f"`{method}` does not wait for `{name}`: {_who(step)} may end before it is done",
        way_out="write `await Promise.all(….map(async (…) => …))`, or a `for … of` loop that awaits",
        symbol=f"{module.name}:{step.body.name}:{method}:{name}",
        evidence=[Evidence(step.place, "this is not waited for")],
    )


def _inside(step: Step) -> Iterator[Evidence]:
    """What a helper does that is not waited for."""
    if isinstance(step, HelperCall) and step.callee is not None:
        work = next((each for each in step.callee.steps if promises.is_work(each)), None)
        if work is not None:
            yield Evidence(work.place, f"`{step.name}` does this")


def _name(step: Step) -> str:
    """What is called, as it is written."""
    node = step.node
    if isinstance(node, n.Call) and isinstance(node.callee, n.Function):
        return "(async () => …)"
    text = step.body.module.text(node.callee if isinstance(node, n.Call) else node)
    text = " ".join(text.split()).replace(" .", ".")
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"


def _who(step: Step) -> str:
    found = [function for function, _ in step.body.project.owners(step)]
    return f"`{found[0].identifier}`" if found else f"`{step.body.name or step.body.module.name}`"
