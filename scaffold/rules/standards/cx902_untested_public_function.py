"""A public function that no test calls.

Why:
    A public function is a promise to strangers: who may call it, with what, and what they get. A promise
    that no test holds is broken by the next change, and nobody notices. A test that was only begun, marked
    as `untested` and skipped, promises no more.

Bad:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const count = query({ // <- CX902
      args: {},
      returns: v.number(),
      handler: async (ctx) => (await ctx.db.query("notes").take(100)).length,
    });

    export const first = query({
      args: {},
      returns: v.any(),
      handler: async (ctx) => await ctx.db.query("notes").first(),
    });

    // convex/notes.test.ts
    import { convexTest } from "convex-test";
    import { expect, test } from "vitest";
    import { api } from "./_generated/api";
    import schema from "./schema";

    test("there is none at first", async () => {
      expect(await convexTest({ schema }).query(api.notes.first, {})).toBeNull();
    });
    ```

Good:
    ```ts
    // convex/notes.ts
    import { v } from "convex/values";
    import { query } from "./_generated/server";

    export const count = query({
      args: {},
      returns: v.number(),
      handler: async (ctx) => (await ctx.db.query("notes").take(100)).length,
    });

    // convex/notes.test.ts
    import { convexTest } from "convex-test";
    import { expect, test } from "vitest";
    import { api } from "./_generated/api";
    import schema from "./schema";

    test("nothing is counted at first", async () => {
      expect(await convexTest({ schema }).query(api.notes.count, {})).toBe(0);
    });
    ```

Way out:
    Call it in a test: by its reference in TypeScript, by its address or its typed function in Python.
    `convex-scaffold stubs` begins one for each public function.

Exceptions:
    - Projects without a test in view: their tests may be elsewhere.
    - HTTP actions, which tests reach by their path.
    - Functions whose module is handed to something as a whole: `callAll(api.notes)`.
    - Components, which their own package tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Evidence, Level, Profile
from scaffold.model.function import Function, Kind
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding
    from scaffold.model.wiring import Mention


@rule(
    "CX902",
    "untested-public-function",
    Function,
    level=Level.WARNING,
    profile=Profile.STRICT,
    by_module="any",
)
def untested_public_function(function: Function, rule: Rule) -> Iterator[Finding]:
    """Public functions that no test names, or only one that is still to be written."""
    project = function.module.project
    if not function.public or function.kind is Kind.HTTP or project.component or not project.tests_in_view:
        return
    mentions = project.mentions_of(function)
    begun = [mention for mention in mentions if mention.by == "untested"]
    tests = [mention for mention in mentions if mention.by == "test"]
    if any(not begun or _is_typescript(test) for test in tests) or project.is_handed_on(function, "test"):
        return
    yield rule.finding(
        function.place,
        f"`{function.identifier}` is public, and no test calls it",
        way_out="call it in a test; `convex-scaffold stubs` begins one",
        symbol=function.identifier,
        evidence=(Evidence(mention.place, "this test is still to be written") for mention in begun),
    )


def _is_typescript(test: Mention) -> bool:
    """Tests in Python that are written for the function itself take the mark away; these know no marks."""
    return not test.module.path.endswith(".py")
