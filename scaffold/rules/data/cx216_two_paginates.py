"""One run of a function paginates twice.

Why:
    A query or mutation may paginate once: the second call throws. It is often found late, because the
    branch that comes to it is rare.

Bad:
    ```ts
    // convex/feed.ts
    import { paginationOptsValidator } from "convex/server";
    import { query } from "./_generated/server";

    export const feed = query({
      args: { paginationOpts: paginationOptsValidator },
      handler: async (ctx, args) => {
        const posts = await ctx.db.query("posts").paginate(args.paginationOpts);
        const ads = await ctx.db.query("ads").paginate({ numItems: 3, cursor: null }); // <- CX216
        return { posts, ads: ads.page };
      },
    });
    ```

Good:
    ```ts
    // convex/feed.ts
    import { paginationOptsValidator } from "convex/server";
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const feed = query({
      args: { paginationOpts: paginationOptsValidator, newest: v.boolean() },
      handler: async (ctx, args) => {
        const ads = await ctx.db.query("ads").take(3);
        if (args.newest) {
          return { posts: await ctx.db.query("posts").order("desc").paginate(args.paginationOpts), ads };
        }
        return { posts: await ctx.db.query("posts").paginate(args.paginationOpts), ads };
      },
    });
    ```

Way out:
    Read the smaller list with `take`, make two queries of it, or page by hand with `getPage` of
    convex-helpers.

Exceptions:
    - Calls on branches of which only one runs.
    - `paginator` and `stream` of convex-helpers, which may be called as often as one likes.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.function import Function, Reached
from scaffold.model.steps import BranchFrame, ClosureFrame, HelperCall, LoopFrame, Read, TryFrame, Use
from scaffold.rules._arms import arm, ends, left_before
from scaffold.rules._inner import is_called
from scaffold.rules._nodes import nodes_of
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.steps import Frame, Step


@rule("CX216", "two-paginates", Function, level=Level.ERROR, by_module="any")
def two_paginates(function: Function, rule: Rule) -> Iterator[Finding]:
    """Two pages on one path, or one in a loop."""
    if not function.transactional:
        return
    pages = [page for reached in function.steps(Read) for page in _called(reached) if _is_page(page)]
    repeated = next((page for page in pages if _repeats(page)), None)
    if repeated is not None:
        yield _finding(function, rule, repeated, None)
        return
    every = [each for page in pages for each in _anew(function, page) if _is_page(each)]
    for first, second in combinations(sorted(every, key=_order), 2):
        if not _exclusive(first, second):
            yield _finding(function, rule, second, first)
            return


def _finding(function: Function, rule: Rule, page: Reached, first: Reached | None) -> Finding:
    how = "paginates in a loop" if first is None else "paginates twice on one path"
    return rule.finding(
        _seen_from(page).place,
        f"`{function.identifier}` {how}: the second call throws",
        way_out="read with `.take(n)` behind an index range instead, or split the function in two",
        symbol=function.identifier,
        evidence=[
            *([Evidence(_seen_from(first).place, "the first call")] if first is not None else []),
            *([Evidence(page.step.place, "it paginates here")] if page.via else []),
        ],
    )


def _seen_from(page: Reached) -> Step:
    """The call in the function itself that leads to the page."""
    return page.levels[0]


def _called(reached: Reached) -> Iterator[Reached]:
    """A step, or where it stands in a function within the function: that by each call of this one."""
    step = reached.levels[0]
    inner = next((frame.node for frame in step.frames if _is_uncalled(frame)), None)
    if inner is None:
        yield reached
        return
    for call in step.body.calls:
        if is_called(inner, call):
            yield Reached(reached.step, (call, *reached.via), reached.prelude)


def _is_page(page: Reached) -> bool:
    """Whether a step paginates; not if it stands in a function of its own, which runs nobody knows when."""
    if not isinstance(page.step, Read) or page.step.terminal != "paginate" or page.step.way:
        return False  # of the queries that one call can end, one
    before: tuple[Step | None, ...] = (None, *page.levels)
    return not any(
        _is_uncalled(frame) and not (isinstance(caller, HelperCall) and is_called(frame.node, caller))
        for caller, step in zip(before, page.levels, strict=False)
        for frame in step.frames
    )


def _is_uncalled(frame: Frame) -> bool:
    """Whether a function within a function is no argument of a call, which would run it."""
    return isinstance(frame, ClosureFrame) and frame.call is None


def _anew(function: Function, page: Reached) -> Iterator[Reached]:
    """A page, and the same one as further calls of the helpers on the way come to it."""
    yield page
    for level, call in enumerate(page.via):
        for other in function.steps(HelperCall):
            step = other.step
            if isinstance(step, HelperCall) and step is not call and step.callee is call.callee is not None:
                yield Reached(page.step, (*other.via, step, *page.via[level + 1 :]), page.prelude)


def _order(page: Reached) -> tuple[bool, tuple[int, ...]]:
    """What is first where one reads: what the builder runs, then one place after the other."""
    return not page.prelude, tuple(step.node.start for step in page.levels)


def _repeats(page: Reached) -> bool:
    """Whether a loop on the way can come to the page again; not if the page is returned from it."""
    return any(
        isinstance(frame, LoopFrame) and (isinstance(frame.node, n.Call) or step.use is not Use.RETURNED)
        for step in page.levels
        for frame in step.frames
    ) and not any(_leaves(step) for step in page.levels)


def _leaves(step: Step) -> bool:
    """Whether the loop around a step always ends in the round of the step."""
    for level, loop in enumerate(step.frames):
        if not isinstance(loop, LoopFrame) or not isinstance(loop.node, n.Loop):
            continue
        if any(isinstance(part, n.Return | n.Leave | n.Throw) for part in loop.node.body):
            return True
        if any(isinstance(frame, BranchFrame) and ends(arm(frame)) for frame in step.frames[level + 1 :]):
            return True
    return False


def _exclusive(first: Reached, second: Reached) -> bool:
    """Whether no run comes to both."""
    frames = [[frame for step in page.levels for frame in step.frames] for page in (first, second)]
    if any(_apart(left, right) for left in frames[0] for right in frames[1]):
        return True
    return any(
        left_before(step, other) or _in_other_case(step, other)
        for step in first.levels
        for other in second.levels
        if step.body is other.body
    )


def _apart(left: Frame, right: Frame) -> bool:
    """Whether two frames are different arms of one statement."""
    if left.node is not right.node:
        return False
    if isinstance(left, BranchFrame) and isinstance(right, BranchFrame):
        return left.taken != right.taken
    return isinstance(left, TryFrame) and isinstance(right, TryFrame) and left.part != right.part


def _in_other_case(first: Step, second: Step) -> bool:
    """Whether they stand in two cases of one switch, the first of which does not fall through."""
    cases = [{id(frame.node) for frame in step.frames} for step in (first, second)]
    for switch in nodes_of(first.body, n.Switch):
        mine = [case for case in switch.cases if id(case) in cases[0]]
        others = [case for case in switch.cases if id(case) in cases[1]]
        if mine and others and mine[0] is not others[0]:
            return any(isinstance(part, n.Return | n.Leave | n.Throw) for part in _flat(mine[0].body))
    return False


def _flat(body: tuple[n.Statement, ...]) -> Iterator[n.Statement]:
    for statement in body:
        yield statement
        if isinstance(statement, n.Block):
            yield from _flat(statement.body)
