"""A function does not say which arguments it takes.

Why:
    Anyone can call a public function with anything. Without `args`, a handler that expects a string gets an
    object, a document of another table, or a field that ends up in the database. With `args`, Convex
    refuses the call before the handler runs, and the types of `args` are right.

Bad:
    ```ts
    // convex/messages.ts
    import { mutation } from "./_generated/server";

    export const send = mutation({ // <- CX102
      handler: async (ctx, args: { body: string }) => {
        await ctx.db.insert("messages", { body: args.body });
      },
    });
    ```

Good:
    ```ts
    // convex/messages.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const send = mutation({
      args: { body: v.string() },
      handler: async (ctx, args) => {
        await ctx.db.insert("messages", { body: args.body });
      },
    });
    ```

Way out:
    Declare `args`, one validator a field; `args: {}` where the handler takes none.

Exceptions:
    - Internal functions, and those of components, are reported as a warning: only your own code calls them.
    - An HTTP action takes a request; it has no `args`.
    - Options that come from elsewhere (`query(shared)`, `{ ...shared }`) may bring `args` along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Fix, Level
from scaffold.model.function import Function, Kind
from scaffold.rules._layout import leads, margin, newline
from scaffold.rules.functions._options import lacks
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding


@rule(
    "CX102",
    "missing-args-validator",
    Function,
    level=Level.ERROR,
    mapped=("@convex-dev/require-args-validator",),
    by_module="any",
)
def missing_args_validator(function: Function, rule: Rule) -> Iterator[Finding]:
    """Functions whose arguments nobody checks."""
    if function.kind is Kind.HTTP or not lacks(function, "args") or function.args is not None:
        return
    unused = _takes_none(function)
    public = function.public and not function.module.project.component
    audience = "public" if public else "internal"
    yield rule.finding(
        function.place,
        f"{audience} {function.kind.value} `{function.identifier}` has no `args`, so it accepts anything",
        way_out="add `args: {}`" if unused else f"add `args: {{ {_fields(function)} }}`",
        symbol=function.identifier,
        level=None if public else Level.WARNING,
        fix=_fix(function) if unused else None,
    )


def _takes_none(function: Function) -> bool:
    if function.handler is None or any(parameter.rest for parameter in function.handler.parameters):
        return False
    return len(function.handler.parameters) < 2  # noqa: PLR2004 - ctx, args


def _fields(function: Function) -> str:
    """The names that the handler takes out of its arguments, as far as its parameter shows them."""
    if function.handler is None or len(function.handler.parameters) < 2:  # noqa: PLR2004 - ctx, args
        return "…"
    pattern = function.handler.parameters[1].pattern
    names = [part.key for part in pattern.properties if part.key] if isinstance(pattern, n.Object) else []
    return ", ".join(f"{name}: v.…" for name in names) or "…"


def _fix(function: Function) -> Fix | None:
    before = function.option("returns") or function.option("handler")
    handler = function.option("handler")
    if before is None or handler is None:
        return None
    start = min(before.start, handler.start)
    module = function.options_module
    gap = newline(module) + margin(module, start) if leads(module, start) else " "
    edit = Edit(module.path, start, start, f"args: {{}},{gap}")
    return Fix("declare that it takes no arguments", (edit,), safe=True)
