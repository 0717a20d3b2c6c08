"""A function is registered with a bare function instead of an object.

Why:
    The object form is the only one that has room for `args` and `returns`, and the one that everything new
    in Convex is made for. A function in the old form accepts whatever a client sends.

Bad:
    ```ts
    // convex/messages.ts
    import { query } from "./_generated/server";

    export const list = query(async (ctx) => { // <- CX101
      return await ctx.db.query("messages").take(50);
    });
    ```

Good:
    ```ts
    // convex/messages.ts
    import { query } from "./_generated/server";

    export const list = query({
      args: {},
      handler: async (ctx) => {
        return await ctx.db.query("messages").take(50);
      },
    });
    ```

Way out:
    Put the function into an object, as its `handler`, and declare its `args` beside it.

Exceptions:
    - `httpAction` knows no other form.
    - A builder of your own that takes a function may have its reasons; only builders of Convex and of
      `convex-helpers` are judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Fix, Level
from scaffold.model.function import Function, Kind
from scaffold.rules._layout import fits, indented, margin, newline, unit
from scaffold.rules.functions._options import builds_from_object, is_passed_on
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding


@rule(
    "CX101",
    "old-function-syntax",
    Function,
    level=Level.ERROR,
    mapped=("@convex-dev/no-old-registered-function-syntax",),
    by_module="any",
)
def old_function_syntax(function: Function, rule: Rule) -> Iterator[Finding]:
    """Functions registered in the form of before validators."""
    if function.syntax != "positional" or function.kind is Kind.HTTP or not builds_from_object(function):
        return
    if is_passed_on(function):
        return
    builder = function.builder.names[0]
    yield rule.finding(
        function.place,
        f"`{function.identifier}` gives `{builder}` a bare function, so it has no room for validators",
        way_out=f"write `{builder}({{ args: {{ … }}, handler: … }})`",
        symbol=function.identifier,
        fix=_fix(function),
    )


def _fix(function: Function) -> Fix | None:
    module = function.call_module
    if len(function.call.arguments) != 1:
        return None
    given = function.call.arguments[0]
    text = f"{{ handler: {module.text(given)} }}"
    if not fits(module, given.start, text):
        end = newline(module)
        outer = margin(module, given.start)
        text = f"{{{end}{outer}{unit(module)}handler: {indented(module, given)},{end}{outer}}}"
    edit = Edit(module.path, given.start, given.end, text)
    return Fix("put the function into an object", (edit,), safe=True)
