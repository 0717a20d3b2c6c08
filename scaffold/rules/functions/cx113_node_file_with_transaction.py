"""A `"use node"` file holds what cannot run in Node.js, or the directive comes too late to count.

Why:
    Queries and mutations run in Convex's own runtime only, and so do `http.ts`, `crons.ts` and `schema.ts`:
    a push of such a file fails. A directive that stands behind an import is an expression without effect:
    the file is bundled for the runtime that has no Node.js.

Bad:
    ```ts
    // convex/files.ts
    "use node";
    import { v } from "convex/values";
    import { action, query } from "./_generated/server";

    export const list = query({ // <- CX113
      args: {},
      handler: async (ctx) => await ctx.db.query("files").take(50),
    });

    export const shrink = action({
      args: { id: v.id("_storage") },
      handler: async (_ctx, _args) => null,
    });
    ```

Good:
    ```ts
    // convex/files.ts
    import { query } from "./_generated/server";

    export const list = query({
      args: {},
      handler: async (ctx) => await ctx.db.query("files").take(50),
    });

    // convex/filesNode.ts
    "use node";
    import { v } from "convex/values";
    import { action } from "./_generated/server";

    export const shrink = action({
      args: { id: v.id("_storage") },
      handler: async (_ctx, _args) => null,
    });
    ```

Way out:
    Keep only actions in the file, and move the rest into a file without the directive. The directive stands
    first.

Exceptions:
    - Comments may stand before the directive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level
from scaffold.model.module import Module
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_OWN_RUNTIME = {"http", "crons", "schema", "auth.config"}


@rule("CX113", "node-file-with-transaction", Module, level=Level.ERROR, by_module="any")
def node_file_with_transaction(module: Module, rule: Rule) -> Iterator[Finding]:
    """What a file for Node.js may not hold."""
    directive = next((each for each in module.facts.directives if each.value == "use node"), None)
    if directive is None or module.test:
        return
    if not _first(module, directive):
        yield _late(module, directive, rule)
    elif module.name in _OWN_RUNTIME:
        yield rule.finding(
            module.at(directive),
            f'`{module.path}` cannot be a "use node" file; Convex runs it in its own runtime',
            way_out="remove the directive, and keep Node.js code in files of actions",
            symbol=module.name,
        )
    else:
        yield from _transactions(module, directive, rule)


def _first(module: Module, directive: n.String) -> bool:
    """Whether only directives stand before it."""
    for statement in module.body:
        if statement.start <= directive.start < statement.end:
            return True
        if not (isinstance(statement, n.Do) and isinstance(statement.value, n.String)):
            return False
    return False


def _late(module: Module, directive: n.String, rule: Rule) -> Finding:
    return rule.finding(
        module.at(directive),
        '"use node" stands behind code, so it is no directive and has no effect',
        way_out="move it to the first line of the file",
        symbol=module.name,
    )


def _transactions(module: Module, directive: n.String, rule: Rule) -> Iterator[Finding]:
    for function in module.project.functions:
        if function.module is module and function.transactional:
            kind = function.kind.value
            yield rule.finding(
                function.place,
                f'{kind} `{function.identifier}` stands in a "use node" file, which may only hold actions',
                way_out=f"move `{function.name}` into a file without the directive",
                symbol=function.identifier,
                evidence=(Evidence(module.at(directive), "the whole file runs in Node.js"),),
            )
