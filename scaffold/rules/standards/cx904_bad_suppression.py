"""A suppression comment that names no rule or no reason, is past its date, or silences nothing.

Why:
    A comment that silences a check outlives the code it was written for. Without a code and a reason nobody
    can tell whether it may go; past its date its reason no longer holds; and one that silences nothing will
    hide the next real finding on its line.

Bad:
    ```ts
    // convex/messages.ts
    import { query } from "./_generated/server";

    // scaffold-ignore CX101 // <- CX904
    export const list = query(async (ctx) => await ctx.db.query("messages").take(10));
    ```

    ```ts
    // convex/messages.ts
    import { internalQuery } from "./_generated/server";

    // scaffold-ignore CX101: moved to the new syntax in May // <- CX904
    export const list = internalQuery({
      args: {},
      handler: async (ctx) => await ctx.db.query("messages").take(10),
    });
    ```

Good:
    ```ts
    // convex/messages.ts
    import { internalQuery } from "./_generated/server";

    // scaffold-ignore CX101: the old client calls it with positional arguments until=2099-01-31 by=ada
    export const list = internalQuery(async (ctx) => await ctx.db.query("messages").take(10));
    ```

Way out:
    Write `// scaffold-ignore CX201: reason` on the line of the finding or above it, `scaffold-ignore-file` at
    the top of the file for all of it. Remove what is no longer needed.

Exceptions:
    - A code whose rule did not run is not called unused.
    - `[suppressions]` in scaffold.toml decides whether `until=` and `by=` must be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Edit, Fix, Level
from scaffold.core.text import listing, nearest
from scaffold.model.suppression import DIRECTIVES, WHOLE_FILE, Standing
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_VALUES = {"until": "until=YYYY-MM-DD", "by": "by=name"}
_FORM = "write `// scaffold-ignore CX201: reason`"


@rule("CX904", "bad-suppression", Standing, level=Level.ERROR)
def check(standing: Standing, rule: Rule) -> Iterator[Finding]:
    """The first thing that is wrong with a suppression."""
    found = _malformed(standing) or _incomplete(standing) or _expired(standing)
    if found:
        message, way_out = found
        yield rule.finding(standing.suppression.place, message, way_out=way_out)
    else:
        yield from _unused(standing, rule)


def _malformed(standing: Standing) -> tuple[str, str] | None:
    suppression = standing.suppression
    if suppression.directive not in DIRECTIVES:
        guess = WHOLE_FILE if "file" in suppression.directive else "scaffold-ignore"
        return f"`{suppression.directive}` means nothing, so it silences nothing", f"write `{guess}`"
    if suppression.misplaced:
        return (
            f"`{WHOLE_FILE}` stands below code, so it silences nothing",
            "move it to the top of the file, above the imports",
        )
    if not suppression.codes:
        return "the suppression names no rule", _FORM
    for code in suppression.codes:
        if code not in standing.known:
            return _unknown(code, standing)
    return None


def _unknown(code: str, standing: Standing) -> tuple[str, str]:
    """What a word that is no rule was probably meant to be."""
    first = standing.suppression.codes[0]
    if first in standing.known and not standing.suppression.reason:
        return (
            f"no colon stands between {first} and the reason",
            f"write `// scaffold-ignore {first}: reason`",
        )
    if any(known.startswith(code.upper()) and known != code.upper() for known in standing.known):
        return f"`{code}` is no single rule", "name each rule that is meant by its code"
    close = nearest(code.upper(), standing.known)
    return f"there is no rule `{code}` to suppress", f"did you mean {close}?" if close else _FORM


def _incomplete(standing: Standing) -> tuple[str, str] | None:
    suppression = standing.suppression
    if not suppression.reason:
        return (
            "the suppression gives no reason",
            "say why after a colon, so that others can tell when it may go",
        )
    if standing.require_until and not suppression.until:
        return "the suppression has no `until=`, which scaffold.toml demands", "add until=YYYY-MM-DD"
    if standing.require_by and not suppression.by:
        return "the suppression has no `by=`, which scaffold.toml demands", "add by=name"
    if suppression.unfilled:
        name = suppression.unfilled[0]
        return f"`{name}=` is empty", f"write {_VALUES[name]}, or take it out"
    if suppression.until and suppression.expiry is None:
        return f"`until={suppression.until}` is no day", "write it as until=YYYY-MM-DD"
    return None


def _expired(standing: Standing) -> tuple[str, str] | None:
    expiry = standing.suppression.expiry
    if expiry is None or expiry >= standing.today:
        return None
    return (
        f"the suppression ran out on {expiry}",
        "mend what it silences, or give it a new date and a reason that holds",
    )


def _unused(standing: Standing, rule: Rule) -> Iterator[Finding]:
    suppression = standing.suppression
    idle = [code for code in suppression.codes if code in standing.ran and code not in standing.used]
    if not idle:
        return
    removes_all = len(idle) == len(suppression.codes)
    yield rule.finding(
        suppression.place,
        f"the suppression of {listing(idle)} silences nothing",
        way_out="remove the comment" if removes_all else f"remove {listing(idle)} from it",
        fix=_removal(standing) if removes_all else None,
    )


def _removal(standing: Standing) -> Fix:
    place = standing.suppression.place
    start, end = standing.removal
    edit = Edit(place.path, start, end, "")
    return Fix("remove the comment", (edit,), safe=True)
