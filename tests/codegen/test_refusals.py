"""What only a deployment can generate is refused, with the place and the way on, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import cli, tree

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
import { defineApp } from "convex/server";
import { v } from "convex/values";
import counter from "@acme/counter/convex.config";
import local from "./counter/convex.config";
const name = makeName();
const app = defineApp(OPTIONS);
STATEMENT
export default app;
"""


def config(*, options: str = "", statement: str = "") -> dict[str, str]:
    return {"convex/convex.config.ts": CONFIG.replace("OPTIONS", options).replace("STATEMENT", statement)}


REFUSALS = {
    "fileType": (
        {"convex.json": '{"codegen": {"fileType": "ts"}}'},
        'convex.json: codegen.fileType "ts" needs an analysis that only a deployment can do; '
        "nothing was written",
        "npx convex dev --once",
    ),
    "staticApi": (
        {"convex.json": '{"codegen": {"staticApi": true}}'},
        "convex.json: codegen.staticApi needs an analysis that only a deployment can do; nothing was written",
        "npx convex dev --once",
    ),
    "a setting of the wrong type": (
        {"convex.json": '{"codegen": {"staticApi": "yes"}}'},
        '@CWD@/convex.json: staticApi is "yes"',
        "give staticApi a bool, or leave it out",
    ),
    "broken convex.json": (
        {"convex.json": '{\n  "functions": "convex"\n  "codegen": {}\n}'},
        "@CWD@/convex.json:3: is no JSON: Expecting ',' delimiter",
        "mend convex.json; its schema is node_modules/convex/schemas/convex.schema.json",
    ),
    "local component": (
        config(statement="app.use(local);"),
        "convex/convex.config.ts:7: the local component ./counter needs an analysis that only a deployment "
        "can do; nothing was written",
        "npx convex dev --once",
    ),
    "component that is not installed": (
        config(statement="app.use(counter);"),
        "convex/convex.config.ts:7: the component package @acme/counter is not installed",
        "install the project's packages: npm install",
    ),
    "component mounted in a condition": (
        config(statement="if (name) {\n  app.use(counter);\n}"),
        "convex/convex.config.ts:8: mounts a component conditionally or in a loop",
        "write it as literals, or generate with a deployment: npx convex dev --once",
    ),
    "computed component name": (
        config(statement="app.use(counter, { name });"),
        "convex/convex.config.ts:7: the name of a component is computed",
        "write it as literals, or generate with a deployment: npx convex dev --once",
    ),
    "computed environment": (
        config(options="{ env: makeEnv() }"),
        "convex/convex.config.ts:6: makeEnv() is no object literal",
        "write it as literals, or generate with a deployment: npx convex dev --once",
    ),
    "validator that is no string": (
        config(options="{ env: { PORT: v.number() } }"),
        "convex/convex.config.ts:6: v.number() is no string validator that can be read without running it",
        "write it as literals, or generate with a deployment: npx convex dev --once",
    ),
    "no app": (
        {"convex/convex.config.ts": "export default { use() {} };\n"},
        "convex/convex.config.ts:1: its default export is no defineApp(…)",
        "write it as literals, or generate with a deployment: npx convex dev --once",
    ),
    "reserved folder": (
        {"convex/_deps/a.ts": "export const a = 1;"},
        "@CWD@/convex/_deps/a.ts: Convex keeps the folder _deps for itself",
        "move _deps/a.ts to another folder",
    ),
    "name that is no identifier": (
        {"convex/2fa.ts": "export const a = 1;"},
        "2fa.ts: the name gives no TypeScript identifier, and Convex cannot generate code for it",
        "rename it to letters, digits, hyphens and underscores",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused(case: str, folder: Path) -> None:
    files, message, way_on = REFUSALS[case]
    tree.write(folder, {"convex/tasks.ts": "export const a = 1;", **files})
    before = tree.read(folder)

    assert cli.run("codegen") == cli.Result(2, "", f"error: {message}\ntry: {way_on}\n")
    assert tree.read(folder) == before


def test_a_package_that_is_not_installed_keeps_the_name_it_had(folder: Path) -> None:
    row = 'import("@acme/counter/_generated/component.js").ComponentApi<"tally">'
    tree.write(
        folder,
        config(statement="app.use(counter);")
        | {"convex/_generated/api.d.ts": f"export declare const components: {{\n  tally: {row};\n}};\n"},
    )

    assert cli.run("codegen").code == 0
    assert f"tally: {row};" in tree.read(folder)["convex/_generated/api.d.ts"]


def test_no_project(folder: Path) -> None:
    (folder / ".git").mkdir()

    assert cli.run("codegen") == cli.Result(
        3,
        "",
        "error: no Convex project in @CWD@: there is neither a convex/ folder nor a convex.json that names "
        "one\ntry: go to the project's folder, or create one: convex-scaffold new my-backend\n",
    )


def test_the_projects_of_a_repository_are_named(folder: Path) -> None:
    for name in ("apps/web", "packages/backend", "packages/a/node_modules/b", ".cache/old"):
        (folder / name / "convex").mkdir(parents=True)
    (folder / "mobile").mkdir()
    (folder / "mobile" / "convex.json").write_text('{"functions": "src/backend"}')

    result = cli.run("codegen")

    assert (result.code, result.err) == (
        3,
        "error: no Convex project in @CWD@: but in apps/web, packages/backend\n"
        "try: go there first: cd @CWD@/apps/web\n",
    )
