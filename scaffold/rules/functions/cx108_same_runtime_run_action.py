"""An action calls another action of the same runtime through `ctx.runAction`.

Why:
    `ctx.runAction` starts a second function call: it is paid for, its arguments and result are copied, and
    the first action waits with its memory held. It is there to cross from one runtime to the other. Within
    one runtime a plain TypeScript function does the same for nothing.

Bad:
    ```ts
    // convex/mail.ts
    import { v } from "convex/values";
    import { internal } from "./_generated/api";
    import { action, internalAction } from "./_generated/server";

    export const deliver = internalAction({
      args: { to: v.string() },
      handler: async (_ctx, { to }) => {
        await fetch("https://mail.example.com/send", { method: "POST", body: to });
      },
    });

    export const invite = action({
      args: { to: v.string() },
      handler: async (ctx, { to }) => {
        await ctx.runAction(internal.mail.deliver, { to }); // <- CX108
      },
    });
    ```

Good:
    ```ts
    // convex/mail.ts
    import { v } from "convex/values";
    import { action, internalAction } from "./_generated/server";

    async function deliverTo(to: string) {
      await fetch("https://mail.example.com/send", { method: "POST", body: to });
    }

    export const deliver = internalAction({
      args: { to: v.string() },
      handler: async (_ctx, { to }) => await deliverTo(to),
    });

    export const invite = action({
      args: { to: v.string() },
      handler: async (_ctx, { to }) => await deliverTo(to),
    });
    ```

Way out:
    Move the body of the called action into a plain function, and call that from both.

Exceptions:
    - Crossing runtimes: a `"use node"` file on one side only.
    - Actions of components, and those that a package makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.function import Kind
from scaffold.model.steps import Run
from scaffold.model.values import Reference
from scaffold.rules._names import address, symbol
from scaffold.rules._ways import name_of
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.function import Function


@rule("CX108", "same-runtime-run-action", Run, level=Level.WARNING, by_module="all")
def same_runtime_run_action(run: Run, rule: Rule) -> Iterator[Finding]:
    """Calls of actions that a plain function would do."""
    project = run.body.project
    if run.method != "runAction" or not isinstance(run.target, Reference):
        return
    called = project.resolve(run.target)
    callers = [function for function, _ in project.owners(run)]
    if called is None or called.package or called.kind is not Kind.ACTION or not callers:
        return
    if any(caller.module.is_node != called.module.is_node for caller in callers):
        return
    yield rule.finding(
        run.place,
        f"`ctx.runAction` starts `{called.identifier}` where its caller runs already, in {_runtime(called)}",
        way_out=f"move the body of `{called.name}` into a plain function, and call that here "
        f"instead of `{address(called)}`",
        symbol=symbol(run, called.identifier),
        evidence=(
            Evidence(called.place, f"`{called.identifier}` runs in {_runtime(called)}"),
            *(Evidence(each.place, f"so does its caller, {name_of(each)}") for each in callers[:3]),
        ),
    )


def _runtime(function: Function) -> str:
    return "Node.js" if function.module.is_node else "Convex's own runtime"
