"""An action calls a query or mutation once an element, in a loop.

Why:
    Every call is a transaction and a round trip of its own: the elements are read or written at different
    moments, a failure in the middle leaves the first half done, and a hundred elements take a hundred round
    trips. One mutation that takes the list does it at once.

Bad:
    ```ts
    // convex/imports.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const store = internalMutation({
      args: { name: v.string() },
      handler: async (ctx, { name }) => {
        await ctx.db.insert("people", { name });
      },
    });

    export const all = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const people: string[] = await (await fetch(url)).json();
        for (const name of people) {
          await ctx.runMutation(internal.imports.store, { name }); // <- CX111
        }
      },
    });
    ```

Good:
    ```ts
    // convex/imports.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const storeAll = internalMutation({
      args: { names: v.array(v.string()) },
      handler: async (ctx, { names }) => {
        for (const name of names) {
          await ctx.db.insert("people", { name });
        }
      },
    });

    export const all = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const people: string[] = await (await fetch(url)).json();
        await ctx.runMutation(internal.imports.storeAll, { names: people });
      },
    });
    ```

Way out:
    Take the list as the argument of one mutation or query; in pieces of a few hundred if it may be long.

Exceptions:
    - A loop that goes through pages by a cursor, or through pieces of a list.
    - A loop whose body has another side effect for every element: a request whose result is then stored.
    - A loop that tries again, or waits for something.
    - Functions of components.
    - Elements that may fail alone (`try` in the loop), or that take a transaction each because they write
      in loops or read whole tables: reported with less confidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.model.steps import Run, Step, TryFrame
from scaffold.rules._names import symbol
from scaffold.rules.functions._loops import bound, depends, names, statements
from scaffold.rules.functions._purity import only_computes
from scaffold.rules.functions._runs import called, from_actions, is_heavy, pages
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.steps import LoopFrame

_PIECE = re.compile(r"batch|chunk|page|slice|group|piece|bucket", re.IGNORECASE)
_WAITING = {"while", "do"}


@rule("CX111", "run-in-loop", Run, level=Level.WARNING)
def run_in_loop(run: Run, rule: Rule) -> Iterator[Finding]:
    """Transactions started once an element."""
    frame = run.loops[-1] if run.loops else None
    function = called(run) if frame is not None else None
    if frame is None or function is None or not from_actions(run):
        return
    if pages(run) or _in_pieces(run, frame) or not _one_each(run, frame) or _does_more(run, frame):
        return
    plural = "mutation" if run.method == "runMutation" else "query"
    yield rule.finding(
        run.place,
        f"`{function.identifier}` runs once for every element of {_over(run, frame)}, "
        "each time as a transaction of its own",
        way_out=f"write one internal {plural} that takes the whole list, and call it once",
        symbol=symbol(run, function.identifier),
        evidence=(
            Evidence(run.body.module.place(frame.node.start, _head_end(frame)), "the loop"),
            Evidence(function.place, f"`{function.identifier}` takes one element"),
        ),
        confidence=Confidence.MEDIUM if _fails_alone(run, frame) or is_heavy(function) else Confidence.HIGH,
    )


def _head_end(frame: LoopFrame) -> int:
    return frame.head.end if frame.head is not None and frame.head.end > frame.node.start else frame.node.end


def _over(run: Run, frame: LoopFrame) -> str:
    text = run.body.module.text(frame.head) if frame.head is not None else ""
    plain = re.fullmatch(r"[\w.$?]{1,40}", text) and frame.kind not in {"for", *_WAITING}
    return f"`{text}`" if plain else "a list"


def _in_pieces(run: Run, frame: LoopFrame) -> bool:
    """Whether an element is itself a piece of a longer list."""
    given = [name for part in _roots(run) for name in names(part)]
    heads = list(names(frame.head)) if frame.head is not None else []
    sliced = (
        isinstance(part, n.Call)
        and isinstance(part.callee, n.Member)
        and part.callee.property in {"slice", "splice"}
        for root in statements(frame)
        for part in walk(root)
    )
    return any(_PIECE.search(name) for name in (*given, *heads, *bound(frame))) or any(sliced)


def _one_each(run: Run, frame: LoopFrame) -> bool:
    """Whether what is passed depends on the element; a loop that polls or tries again passes the same."""
    seeds = bound(frame)
    if frame.kind in _WAITING:
        if not isinstance(frame.head, n.Binary | n.Member):
            return False
        seeds = frozenset(names(frame.head))
    return any(depends(part, seeds, statements(frame)) for part in _roots(run))


def _roots(run: Run) -> tuple[n.Node, ...]:
    return (run.arguments,) if run.arguments is not None else ()


def _does_more(run: Run, frame: LoopFrame) -> bool:
    """Whether an element costs a side effect other than calls of transactions."""
    return any(
        step is not run and frame in step.frames and not only_computes(step) and not _runs(step)
        for step in run.body.steps
    )


def _runs(step: Step) -> bool:
    return isinstance(step, Run) and step.method != "runAction"


def _fails_alone(run: Run, frame: LoopFrame) -> bool:
    """Whether one element that fails does not stop the others."""
    inner = run.frames[run.frames.index(frame) :]
    return any(isinstance(each, TryFrame) and each.part == "body" and each.node.catches for each in inner)
