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
    - Validators of zod that set a limit (`z.number().max(100)`), or may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Finding, Level
from scaffold.model.options import part_of
from scaffold.model.steps import HelperCall, Read, Throw
from scaffold.model.values import Computed, Parameter
from scaffold.rules.data import _callers as callers
from scaffold.rules.data import _reads as reads
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.model.body import Body
    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step
    from scaffold.model.validators import Validator
    from scaffold.model.values import Argument

_NUMBERS = {"number", "int64", "any", "string"}  # a string is parsed on the way
_ZOD_NUMBERS = {"number", "int", "int32", "uint32", "bigint"}
# What a number of zod may be asked for, and still be as large as one likes.
_ZOD_LARGE = set(
    """
    int optional nullable nullish default prefault catch min gte gt positive nonnegative finite safe
    multipleOf step describe meta brand readonly
    """.split()
)


@rule("CX208", "client-chosen-limit", Read, level=Level.WARNING, by_module="any")
def client_chosen_limit(read: Read, rule: Rule) -> Iterator[Finding]:
    """A bound that is an argument of a public function."""
    told: set[tuple[str, int]] = set()
    for function, reached in read.body.project.owners(read):
        found = _number(read, reached.via) if reads.by_clients(function) else None
        argument = callers.unlimited(*found) if found is not None else None
        if found is None or argument is None:
            continue
        if not _any_number(function, argument) or _tested(function, reached, argument):
            continue
        body, bound, _ = found
        if (body.module.path, bound.start) in told:
            continue
        told.add((body.module.path, bound.start))
        name = ".".join(argument.path) or "its argument"
        yield rule.finding(
            body.module.at(bound),
            f"a client of `{function.identifier}` chooses by `{name}` how many documents are read",
            way_out=f"clamp it: `Math.min({body.module.text(bound)}, 100)`",
            symbol=f"{function.identifier}:{name}",
            evidence=[Evidence(function.place, "the public function")] if reached.via else (),
        )


def _number(read: Read, via: callers.Way) -> tuple[Body, n.Expression, callers.Way] | None:
    """The expression that says how many, in the body that it stands in, and the way to that."""
    if read.terminal == "take" and read.bound is not None:
        return read.body, read.bound, via
    return _page_size(read.body, read.bound, via) if read.terminal == "paginate" else None


def _page_size(
    body: Body, options: n.Expression | None, via: callers.Way
) -> tuple[Body, n.Expression, callers.Way] | None:
    """How many documents the options of a page ask for, which a helper may be given."""
    known = body.value(options)
    if isinstance(known, Parameter) and not known.path and via and known.index < len(via[-1].arguments):
        return _page_size(via[-1].body, via[-1].arguments[known.index], via[:-1])
    part = part_of(known.node if isinstance(known, Computed) else options, "numItems")
    return (body, part.value, via) if part is not None else None


def _any_number(function: Function, argument: Argument) -> bool:
    """Whether the validator lets any number in; False when it cannot be read."""
    if function.args is None:
        return True
    found = function.argument(argument.path)
    if found is None:
        return False
    members = found.members if found.kind == "union" else (found,)
    return any(member.kind in _NUMBERS or _is_large(member) for member in members)


def _is_large(validator: Validator) -> bool:
    """Whether it is a number of zod that nothing limits: `z.number().min(1).optional()`, without a `max`."""
    node, names = validator.node if validator.kind == "zod" else None, []
    while isinstance(node, n.Call) and isinstance(node.callee, n.Member):
        names.append(node.callee.property)
        node = node.callee.object
    return bool(names) and names[-1] in _ZOD_NUMBERS and _ZOD_LARGE.issuperset(names[:-1])


def _tested(function: Function, reached: Reached, argument: Argument) -> bool:
    """Whether the way to the read depends on a comparison with the argument, or a check may refuse it.

    That it is no smaller than a number says nothing of how large it is.
    """
    for step in reached.levels:
        caps = (test for test, held in step.outcomes if callers.caps(test, taken=held))
        if any(_compares(step, test, argument, reached) for test in caps):
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
