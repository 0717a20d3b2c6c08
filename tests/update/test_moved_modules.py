"""The codemod that follows a module of the template to its new place."""

from __future__ import annotations

import pytest

from scaffold import migrations
from scaffold.migrations.moved_modules import moved

MIGRATION = moved("v9.0.0", "m", old="convex/lib/old", new="convex/lib/new")
THERE = {"convex/lib/new.ts": "export {};\n"}


def run(path: str, text: str) -> tuple[str, list[str]]:
    result = MIGRATION.run({**THERE, path: text})
    return result.edits.get(path, text), [str(place) for place in result.unresolved]


FOLLOWED = {
    ("convex/a/b.ts", 'import { x } from "../lib/old";'): 'import { x } from "../lib/new";',
    ("convex/a/b.ts", "import type { X } from '../lib/old';"): "import type { X } from '../lib/new';",
    ("convex/a/b.ts", 'import "../lib/old.js";'): 'import "../lib/new.js";',
    ("convex/a/b.ts", 'export * from "../lib/old";'): 'export * from "../lib/new";',
    ("convex/lib/c.ts", 'import x from "./old";'): 'import x from "./new";',
    ("convex/c.ts", 'const x = await import("./lib/old");'): 'const x = await import("./lib/new");',
    ("convex/c.cjs.js", 'const x = require("./lib/old");'): 'const x = require("./lib/new");',
    ("convex/a/b.test.ts", 'vi.mock("../lib/old", () => ({}));'): 'vi.mock("../lib/new", () => ({}));',
    ("web/app.tsx", 'import { x } from "../convex/lib/old";\nconst a = <p>old</p>;'): (
        'import { x } from "../convex/lib/new";\nconst a = <p>old</p>;'
    ),
    ("convex/a/b.ts", '/* old */ import {\r\n  x,\r\n} from "../lib/old"; // old\r\n'): (
        '/* old */ import {\r\n  x,\r\n} from "../lib/new"; // old\r\n'
    ),
}


@pytest.mark.parametrize(("path", "text"), FOLLOWED)
def test_imports_follow(path: str, text: str) -> None:
    assert run(path, text) == (FOLLOWED[path, text], [])
    assert run(path, FOLLOWED[path, text]) == (FOLLOWED[path, text], []), "a second run has nothing to do"


@pytest.mark.parametrize(
    "text",
    [
        'import { x } from "../lib/older";',
        'import { x } from "./old";',
        'import { x } from "old";',
        'const x = "lib/old";',
        "// import { x } from '../lib/old';",
        'import { x } from "../../lib/old";',
        'import { x } from "../lib/old',
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert run("convex/a/b.ts", text) == (text, [])


def test_what_is_not_sure_is_left_to_the_owner() -> None:
    text = 'import { x } from "@/lib/old";\nconst path = "../lib/old";\nimport y from "convex/lib/old.ts";\n'

    assert run("convex/a/b.ts", text) == (
        text,
        [
            "convex/a/b.ts:1: '@/lib/old' may name convex/lib/old, which is now convex/lib/new",
            "convex/a/b.ts:2: '../lib/old' may name convex/lib/old, which is now convex/lib/new",
            "convex/a/b.ts:3: 'convex/lib/old.ts' may name convex/lib/old, which is now convex/lib/new",
        ],
    )


def test_a_project_that_has_the_module_elsewhere_is_left_alone() -> None:
    importing = {"convex/a/b.ts": 'import "../lib/old";'}

    assert MIGRATION.run(importing).edits == {}
    assert MIGRATION.run({**importing, **THERE, "convex/lib/old.ts": ""}).edits == {}


def test_versions_bring_their_own() -> None:
    names = [one.name for one in migrations.all_migrations()]

    assert len(set(names)) == len(names)
    assert [one.name for one in migrations.between("v0.2.0", "v0.3.0")] == ["http-helpers"]
    assert migrations.between("v0.3.0", "v0.4.0") == ()
    assert migrations.between("v0.3.0", "v0.2.0") == ()
    assert migrations.between("main", "v0.3.0") == ()
