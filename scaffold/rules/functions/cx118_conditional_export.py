"""A function is exported depending on an environment variable.

Why:
    Convex reads a module once, when it is pushed, to learn its functions; the variable may have another
    value when the code runs, or none while it is read. The function is then there in one place and missing
    in another, and its callers fail at run time.

Bad:
    ```ts
    // convex/debug.ts
    import { mutation } from "./_generated/server";

    const enabled = process.env.DEBUG === "true";

    export const reset = enabled // <- CX118
      ? mutation({ args: {}, handler: async (ctx) => void (await ctx.db.insert("resets", {})) })
      : undefined;
    ```

Good:
    ```ts
    // convex/debug.ts
    import { mutation } from "./_generated/server";

    export const reset = mutation({
      args: {},
      handler: async (ctx) => {
        if (process.env.DEBUG !== "true") throw new Error("only in debug deployments");
        await ctx.db.insert("resets", {});
      },
    });
    ```

Way out:
    Export the function always, and look at the variable in its handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.function import Function
from scaffold.model.values import Definition
from scaffold.rules._environment import is_of_environment
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk, walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.module import Module

_HOPS = 5


@rule("CX118", "conditional-export", Function, level=Level.ERROR, by_module="any")
def conditional_export(function: Function, rule: Rule) -> Iterator[Finding]:
    """Functions that are there or not, as the environment says."""
    condition, chosen = function.conditional, function.builder.condition
    if condition is not None and _asks_environment(module := _home(function, condition), condition):
        message = f"`{function.identifier}` is exported only if an environment variable says so"
        yield _finding(function, rule, message, "export it", module.at(condition))
    elif chosen is not None and _asks_environment(chosen.module, chosen.node):
        message = f"`{function.identifier}` has a builder that an environment variable chooses"
        yield _finding(function, rule, message, "register it with one builder", chosen.module.at(chosen.node))


def _finding(function: Function, rule: Rule, message: str, advice: str, place: Place) -> Finding:
    return rule.finding(
        function.place,
        message,
        way_out=f"{advice} always, and look at the variable in its handler",
        symbol=function.identifier,
        evidence=(Evidence(place, "this decides"),),
    )


def _home(function: Function, condition: n.Node) -> Module:
    """The module that the condition stands in: its own, unless the function is re-exported."""
    own = any(node is condition for node in walk_all(function.module.body))
    return function.module if own else function.call_module


def _asks_environment(module: Module, node: n.Node, hops: int = 0) -> bool:
    """Whether an expression is made from the environment, variables and imports followed."""
    return any(_is_environment(module, part, hops) for part in walk(node))


def _is_environment(module: Module, node: n.Node, hops: int) -> bool:
    match node:
        case n.Other(kind="meta_property"):
            return True
        case n.Name() | n.Member():
            found = module.project.resolver.evaluate(module, node)
            if isinstance(found, Definition) and hops < _HOPS and found.node is not node:
                return _asks_environment(found.module, found.node, hops + 1)
            return is_of_environment(found)
    return False
