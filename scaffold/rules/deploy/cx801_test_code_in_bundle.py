"""A file that Convex deploys imports test tools or uses `import.meta`.

Why:
    Convex takes every file of the functions folder with one dot in its name for a module of the backend. A
    test set-up among them is bundled and evaluated on each push: `vitest` is not there, `import.meta.glob`
    is no function, and the push fails.

Bad:
    ```ts
    // convex/setup.ts
    import { convexTest } from "convex-test"; // <- CX801
    import schema from "./schema";

    export const modules = import.meta.glob("./**/*.ts"); // <- CX801
    export const start = () => convexTest(schema, modules);

    // convex/schema.ts
    import { defineSchema } from "convex/server";

    export default defineSchema({});
    ```

Good:
    ```ts
    // convex/setup.test.ts
    import { convexTest } from "convex-test";
    import schema from "./schema";

    export const modules = import.meta.glob("./**/*.ts");
    export const start = () => convexTest(schema, modules);

    // convex/schema.ts
    import { defineSchema } from "convex/server";

    export default defineSchema({});
    ```

Way out:
    Give the file a second dot (`setup.test.ts`), which Convex leaves alone, or move it out of the functions
    folder.

Exceptions:
    - Imports of types.
    - `import.meta.url`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.findings import Level
from scaffold.core.patterns import regex
from scaffold.model.module import Module
from scaffold.rules._imports import links, stays
from scaffold.rules.rule import Rule, rule
from scaffold.source import nodes as n
from scaffold.source.walk import walk_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_TOOLS = frozenset(
    "vitest jest @jest/globals convex-test mocha chai sinon supertest ava tap node:test bun:test jsdom"
    " @edge-runtime/vm @playwright/test playwright cypress fast-check msw".split()
)
_OF_TESTS = regex(r"(__)?(tests?|fixtures?|mocks?)(__)?$|test-", re.IGNORECASE)
_SCOPES = ("@testing-library/", "@vitest/", "vitest/", "@jest/")


@rule("CX801", "test-code-in-bundle", Module, level=Level.ERROR, by_module="any")
def test_code_in_bundle(module: Module, rule: Rule) -> Iterator[Finding]:
    """Test tools in what is deployed."""
    if not _is_deployed(module):
        return
    path = module.path.rpartition("/")[2]
    stem, _, extension = path.rpartition(".")
    way_out = f"rename it to `{stem}.test.{extension}`, or move it out of the functions folder"
    for place, what in (*_tools(module), *_meta(module)):
        yield rule.finding(
            module.at(place),
            f"`{path}` is deployed with the backend, and {what}",
            way_out=way_out,
            symbol=f"{module.name} {what}",
        )


def _tools(module: Module) -> Iterator[tuple[n.Node, str]]:
    for link, specifier in links(module):
        if (specifier in _TOOLS or specifier.startswith(_SCOPES)) and stays(module, link):
            yield link, f"imports the test tool `{specifier}`"


def _meta(module: Module) -> Iterator[tuple[n.Node, str]]:
    if b"import.meta" not in module.lines.source:
        return
    for node in walk_all(module.body):
        if isinstance(node, n.Member) and node.property != "url":
            subject = node.object
            if isinstance(subject, n.Other) and subject.kind == "meta_property":
                yield node, f"uses `import.meta.{node.property}`, which only bundlers and test tools know"


def _is_deployed(module: Module) -> bool:
    """Whether Convex takes the file for a module, whatever its folder is called (`__tests__`).

    What lies in a folder of tests as a whole is deployed by tests alone, if at all.
    """
    if any(map(_OF_TESTS.match, module.project.folder.split("/"))):
        return False
    name = module.path.rpartition("/")[2]
    return name.count(".") == 1 and name[0] not in ".#" and not name.startswith("schema.")
