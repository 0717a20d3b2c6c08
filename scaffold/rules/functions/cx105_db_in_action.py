"""An action or an HTTP action uses `ctx.db`.

Why:
    Actions run outside of a transaction and have no database: `ctx.db` is `undefined` there, and the call
    throws the first time that the line runs. A helper that uses `ctx.db` cannot be called from an action
    either.

Bad:
    ```ts
    // convex/sync.ts
    import { v } from "convex/values";
    import { internalAction } from "./_generated/server";

    export const pull = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const body = await (await fetch(url)).text();
        await ctx.db.insert("pages", { url, body }); // <- CX105
      },
    });
    ```

Good:
    ```ts
    // convex/sync.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { internalAction, internalMutation } from "./_generated/server";

    export const pull = internalAction({
      args: { url: v.string() },
      handler: async (ctx, { url }) => {
        const body = await (await fetch(url)).text();
        await ctx.runMutation(internal.sync.store, { url, body });
      },
    });

    export const store = internalMutation({
      args: { url: v.string(), body: v.string() },
      handler: async (ctx, page) => {
        await ctx.db.insert("pages", page);
      },
    });
    ```

Way out:
    Move the read into an `internalQuery` or the write into an `internalMutation`, and call it with
    `ctx.runQuery` or `ctx.runMutation`.

Exceptions:
    - A helper that asks first (`if ("db" in ctx)`, `ctx.db?.query`) may be called from anywhere.
    - A builder of your own that puts a `db` on the context of its actions.
    - What a helper hands to its callback, if its types say that it is something else of that name.
    - A helper that gives functions which use the database (`repo(ctx).get`) is reported with less confidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.project import Project
from scaffold.model.steps import (
    BranchFrame,
    ClosureFrame,
    DbUse,
    External,
    Get,
    HelperCall,
    OtherCall,
    Read,
    Write,
)
from scaffold.model.values import Computed, Context
from scaffold.rules._inner import called
from scaffold.rules._nodes import nodes_of
from scaffold.rules._ways import name_of, possible
from scaffold.rules.functions._callbacks import is_of_helper
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_OPTIONAL = regex(r"\s*\?\.")
_KINDS = {Kind.ACTION: "an action", Kind.HTTP: "an HTTP action"}


@rule("CX105", "db-in-action", Project, level=Level.ERROR, by_module="any")
def db_in_action(project: Project, rule: Rule) -> Iterator[Finding]:
    """Uses of the database where there is none, each place once."""
    for function in project.functions:
        yield from _uses(function, f"`{function.identifier}` is {_KINDS.get(function.kind)}", rule)
    for function in project.unexported:
        yield from _uses(function, f"{name_of(function)} is {_KINDS.get(function.kind)}", rule)


def _uses(function: Function, subject: str, rule: Rule) -> Iterator[Finding]:
    adds = function.builder.adds
    if function.kind not in _KINDS or not function.builder.resolved or adds is None or "db" in adds:
        return
    seen: set[Place] = set()
    uses = (reached for reached in function.reached if _is_use(reached.step))
    for reached in sorted(uses, key=_is_kept):
        step = reached.step
        place = reached.levels[0].place
        if place in seen or _asks_first(reached) or _does_without(step) or not possible(reached):
            continue
        if is_of_helper(step):
            continue
        seen.add(place)
        yield rule.finding(
            place,
            f"{subject}, and {_what(reached)}",
            way_out=_way_out(step),
            symbol=f"{function.identifier} {_verb(step)}",
            evidence=_evidence(reached),
            confidence=Confidence.MEDIUM if _is_kept(reached) else Confidence.HIGH,
        )


def _is_use(step: Step) -> bool:
    return isinstance(step, Read | Get | Write | DbUse) or _hands_over(step)


def _hands_over(step: Step) -> bool:
    """Whether a package is given the database: `getAll(ctx.db, ids)`."""
    return isinstance(step, OtherCall | External) and any(
        value == Context(("db",)) for value in map(step.body.value, step.arguments)
    )


def _is_kept(reached: Reached) -> bool:
    """Whether a helper only makes the function that uses the database; who calls that one is not in view."""
    if not reached.via:
        return False
    body = reached.step.body
    inner = called(body)
    return any(
        isinstance(frame, ClosureFrame)
        and frame.call is None
        and not any(frame.node is each for each in inner)
        for frame in reached.step.frames
    )


def _asks_first(reached: Reached) -> bool:
    """Whether a test on the way asks what the context has: the branch is taken to keep its promise."""
    return any(
        _asks(test, step.body)
        for step in reached.levels
        for test in (
            *(_test(frame, step.body) for frame in step.frames if isinstance(frame, BranchFrame)),
            *step.after_exit,
        )
    )


def _test(frame: BranchFrame, body: Body) -> n.Expression:
    """What decides about a branch; of a case, what its switch is about."""
    if not isinstance(frame.node, n.Case):
        return frame.test
    around = (each for each in nodes_of(body, n.Switch) if frame.node in each.cases)
    return next((each.subject for each in around), frame.test)


def _does_without(step: Step) -> bool:
    """Whether nothing is done where there is no database: `ctx.db?.query(…)`."""
    text = step.body.module.text
    return any(
        isinstance(each, n.Member)
        and step.body.value(each.object) == Context(("db",))
        and _OPTIONAL.match(text(each), each.object.end - each.start) is not None
        for each in walk(step.node)
    )


def _asks(test: n.Expression, body: Body) -> bool:
    match test:
        case n.Binary(operator="in", right=right):
            return isinstance(body.value(right), Context)
        case n.Binary(left=left, right=right):
            return _asks(left, body) or _asks(right, body)
        case n.Unary(value=value):
            return _asks(value, body)
        case n.Call():  # a helper that tells: `isAction(ctx)`
            step = body.result(test)
            helper = step.callee if isinstance(step, HelperCall) else None
            return helper is not None and any(_asks(each, helper) for each in helper.returns())
        case n.Name() | n.Member():
            found = body.value(test)
            if isinstance(found, Computed) and found.node is not test:  # const reads = "db" in ctx
                return _asks(found.node, body)
            return isinstance(found, Context)
    return False


def _what(reached: Reached) -> str:
    if reached.via:
        return f"`{reached.via[0].name}` comes to `ctx.db`, which actions do not have"
    return "has no `ctx.db`"


def _evidence(reached: Reached) -> tuple[Evidence, ...]:
    if not reached.via:
        return ()
    calls = (Evidence(call.place, f"through `{call.name}`") for call in reached.via[1:])
    return (*calls, Evidence(reached.step.place, "the database is used here"))


def _verb(step: Step) -> str:
    match step:
        case Write(operation=operation):
            return operation
        case Get():
            return "get"
        case Read():
            return "query"
    return "db"


def _way_out(step: Step) -> str:
    if isinstance(step, Write):
        return "move the write into an `internalMutation` and call that with `ctx.runMutation`"
    return "move the read into an `internalQuery` and call that with `ctx.runQuery`"
