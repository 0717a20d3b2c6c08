"""An argument is taken for the identity of the caller.

Why:
    Arguments are what the caller chose to send. Whoever calls with another person's id, e-mail address or
    role acts as that person.

Bad:
    ```ts
    // convex/messages.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const send = mutation({
      args: { userId: v.id("users"), body: v.string() },
      handler: async (ctx, { userId, body }) => {
        await ctx.db.insert("messages", { authorId: userId, body }); // <- CX502
      },
    });
    ```

Bad:
    ```ts
    // convex/users.ts
    import { v } from "convex/values";
    import { mutation } from "./_generated/server";

    export const rename = mutation({
      args: { clerkId: v.string(), name: v.string() },
      handler: async (ctx, { clerkId, name }) => {
        const user = await ctx.db
          .query("users")
          .withIndex("by_clerk_id", (q) => q.eq("clerkId", clerkId))
          .unique();
        if (user) await ctx.db.patch(user._id, { name }); // <- CX502
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
      handler: async (ctx, { body }) => {
        const identity = await ctx.auth.getUserIdentity();
        if (identity === null) throw new Error("Sign in first");
        await ctx.db.insert("messages", { authorId: identity.tokenIdentifier, body });
      },
    });
    ```

Way out:
    Take the caller from `ctx.auth.getUserIdentity()`, in the handler or in the builder, and drop the
    argument. Keep an id among the arguments only for somebody else than the caller.

Exceptions:
    - Functions that look at the identity of the caller and use it: the argument then names somebody else.
    - A secret or session among the arguments, as for calls from another server.
    - Internal functions: their callers are the backend itself.
    - Public profiles: looking up a user by an id.
    - What is done to somebody else by the name of the function, such as `suspendUser`: CX501 reports it.
    - With medium confidence: changes to the document of whom an argument names, or to what is kept for
      them, where the caller has to be signed in and nobody looks at who it is; queries that find documents
      by whose they are, where neither a name (`orders`, `notifications`, `getMyGoals`) nor a field
      (`email`, `phone`) tells that these are private; or by who made them (`createdBy`, `authorId`), as the
      page of an author does; functions whose comment says that they are for everybody; and the address that
      a guest gives (`handleGuestCheckout`), or that somebody signs in with, beside a password.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Evidence, Level
from scaffold.core.patterns import regex
from scaffold.model.function import Function
from scaffold.rules.access._actors import spoofs
from scaffold.rules.access._arguments import declared
from scaffold.rules.access._meant import is_said
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_GUEST = regex(r"(?:^|_)(?:guest|visitor)(?![a-z])|(?:Guest|Visitor)(?![a-z])")
_SIGNS_IN = regex(r"(?:[lL]og|[sS]ign)_?[iI]n(?![a-z])|[aA]uthenticate(?![a-z])")
_MAIL = regex(r"e_?mail$", re.IGNORECASE)


@rule("CX502", "identity-from-argument", Function, level=Level.ERROR, by_module="any")
def identity_from_argument(function: Function, rule: Rule) -> Iterator[Finding]:
    """Each argument of a public function that is taken for the caller."""
    for spoof in spoofs(function):
        yield rule.finding(
            spoof.place,
            f"argument `{spoof.argument}` of public {function.kind} `{function.identifier}` {spoof.deed}, "
            "and anyone can send anything there",
            way_out=f"take the caller from `ctx.auth.getUserIdentity()` and drop `{spoof.argument}`",
            symbol=f"{function.identifier} {spoof.argument}",
            evidence=_evidence(function, spoof.argument),
            confidence=Confidence.MEDIUM
            if spoof.doubtful or is_said(function) or _is_at_the_door(function, spoof.argument)
            else Confidence.HIGH,
        )


def _is_at_the_door(function: Function, argument: str) -> bool:
    """Whether it is an address, of those who have no account, or who sign in with a password."""
    if not _MAIL.search(argument):
        return False
    signs_in = "password" in function.arguments and _SIGNS_IN.search(function.name) is not None
    return signs_in or _GUEST.search(function.name) is not None


def _evidence(function: Function, argument: str) -> Iterator[Evidence]:
    validator = declared(function, argument)
    if validator is not None and validator.place is not None:
        yield Evidence(validator.place, f"`{argument}` comes from the client")
