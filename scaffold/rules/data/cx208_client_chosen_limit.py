"""A client decides how many documents a read takes.

Why:
    Anybody can call a public function with a number of their own: `limit: 1000000` loads the table, at
    your cost, until the call fails.

Bad:
    ```ts
    // convex/posts.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const newest = query({
      args: { limit: v.optional(v.number()) },
      handler: async (ctx, args) => {
        return await ctx.db.query("posts").order("desc").take(args.limit ?? 20); // <- CX208
      },
    });
    ```

Good:
    ```ts
    // convex/posts.ts
    import { query } from "./_generated/server";
    import { v } from "convex/values";

    export const newest = query({
      args: { limit: v.optional(v.number()) },
      handler: async (ctx, args) => {
        return await ctx.db.query("posts").order("desc").take(Math.min(args.limit ?? 20, 100));
      },
    });
    ```

Way out:
    Clamp the number with `Math.min`, refuse what is too large, or accept only literals.

Exceptions:
    - `paginate(args.paginationOpts)`, which is how paginated queries are called.
    - Internal functions, and those of a component: their callers are your own code.
    - A number that is tested before the read, or whose validator allows only literals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall, Read, Throw
from scaffold.model.values import Computed
from scaffold.rules.data import _callers as callers
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step
    from scaffold.model.values import Argument
    from scaffold.source import nodes as n

_NUMBERS = {"number", "int64", "any", "string"}  # a string is parsed on the way


@rule("CX208", "client-chosen-limit", Read, level=Level.WARNING, by_module="any")
def client_chosen_limit(read: Read, rule: Rule) -> Iterator[Finding]:
    """A bound that is an argument of a public function."""
    bound = _number(read)
    if bound is None:
        return
    for function, reached in read.body.project.owners(read):
        argument = callers.unlimited(read.body, bound, reached.via) if reads.by_clients(function) else None
        if argument is None or not _any_number(function, argument) or _tested(function, reached, argument):
            continue
        name = ".".join(argument.path) or "its argument"
        yield rule.finding(
            read.body.module.at(bound),
            f"a client of `{function.identifier}` chooses by `{name}` how many documents are read",
            way_out=f"clamp it: `Math.min({read.body.module.text(bound)}, 100)`",
            symbol=f"{function.identifier}:{name}",
            evidence=[Evidence(function.place, "the public function")] if reached.via else (),
        )
        return


def _number(read: Read) -> n.Expression | None:
    """The expression that says how many."""
    if read.terminal == "take":
        return read.bound
    if read.terminal != "paginate":
        return None
    known = read.body.value(read.bound)
    part = part_of(known.node if isinstance(known, Computed) else read.bound, "numItems")
    return part.value if part is not None else None


def _any_number(function: Function, argument: Argument) -> bool:
    """Whether the validator lets any number in; False when it cannot be read."""
    if function.args is None:
        return True
    found = function.argument(argument.path)
    if found is None:
        return False
    members = found.members if found.kind == "union" else (found,)
    return any(member.kind in _NUMBERS for member in members)


def _tested(function: Function, reached: Reached, argument: Argument) -> bool:
    """Whether the way to the read depends on a comparison with the argument, or a check may refuse it."""
    for step in reached.levels:
        if any(_compares(step, test, argument, reached) for test in step.tests):
            return True
    return any(_may_refuse(each.step, argument) for each in function.steps(HelperCall))


def _compares(step: Step, test: n.Expression, argument: Argument, reached: Reached) -> bool:
    via = reached.via[: reached.via.index(step)] if step in reached.via else reached.via
    return any(
        argument in {callers.unlimited(step.body, side, via) for side in callers.compared(node)}
        for node in walk(test)
    )


def _may_refuse(call: Step, argument: Argument) -> bool:
    if not isinstance(call, HelperCall) or call.callee is None:
        return False
    throws = any(isinstance(step, Throw) for step in call.callee.steps)
    return throws and any(argument in call.origins(each) for each in call.arguments)
