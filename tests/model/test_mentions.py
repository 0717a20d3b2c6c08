from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from support import tree

from scaffold.model.load import load
from scaffold.model.steps import Clock

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = {
    "convex/schema.ts": "export default defineSchema({});\n",
    "convex/a.ts": 'import { query } from "./_generated/server";\nimport { x } from "./a.helper";\n'
    "export const list = query({ args: {}, handler: async () => x });\n",
}
CALL = 'import { api } from "./_generated/api";\nexport const x = () => go(api.a.list);\n'


def callers(root: Path) -> tuple[list[tuple[str, str]], bool]:
    """Who names `a:list`, and whether clients are in view."""
    (project,) = load(root).projects
    (function,) = project.functions
    found = [(mention.module.path, str(mention.by)) for mention in project.mentions_of(function)]
    return found, project.clients_in_view


def test_files_that_only_tests_use_are_no_servers(tmp_path: Path) -> None:
    tree.write(
        tmp_path,
        BACKEND
        | {
            "convex/a.helper.ts": CALL,
            "convex/b.fixtures.ts": CALL,
            "convex/b.test.ts": CALL,
            "convex/c.ts": CALL,
        },
    )

    assert callers(tmp_path)[0] == [
        ("convex/a.helper.ts", "server"),
        ("convex/b.fixtures.ts", "test"),
        ("convex/b.test.ts", "test"),
        ("convex/c.ts", "server"),
    ]


def test_text_with_a_colon_is_no_client(tmp_path: Path) -> None:
    tree.write(tmp_path, BACKEND | {"tools/main.py": 'print("sync:all", "a:list_all")\n'})
    assert callers(tmp_path) == ([], False)

    tree.write(tmp_path, {"tools/main.py": 'client.query("a:list")\n'})
    assert callers(tmp_path) == ([("tools/main.py", "client")], True)


def test_an_address_made_of_a_string_counts_once(tmp_path: Path) -> None:
    made = 'import { makeFunctionReference } from "convex/server";\n'
    named = 'export const list = makeFunctionReference<"query", { of: string }>(\n  "a:list",\n);\n'
    told = '// makeFunctionReference("a:list")\n'
    tree.write(
        tmp_path,
        BACKEND
        | {
            "convex/c.ts": made + told + named,
            "src/one.ts": made + named,
            "src/two.ts": 'import { api } from "../convex/_generated/api";\n' + made + named + "go(api.b);\n",
        },
    )

    assert callers(tmp_path)[0] == [
        ("convex/c.ts", "server"),
        ("src/one.ts", "client"),
        ("src/two.ts", "client"),
    ]


def test_a_key_may_stand_for_several_steps(tmp_path: Path) -> None:
    tree.write(
        tmp_path,
        {
            "convex/b/a.ts": 'import { query } from "../_generated/server";\n'
            "export const list = query({ args: {}, handler: async () => 1 });\n",
            "src/x.ts": 'import { api } from "../convex/_generated/api";\n'
            'go(api["b/a"].list, api["b-c"].list);\n',
        },
    )

    assert callers(tmp_path)[0] == [("src/x.ts", "client")]


def test_a_client_counts_for_the_project_whose_api_it_takes(tmp_path: Path) -> None:
    backend = {name.removeprefix("convex/"): text for name, text in BACKEND.items()}
    parts = {"component": "packages/mail/src/component", "one": "apps/one/convex", "two": "apps/two/convex"}
    tree.write(
        tmp_path, {f"{folder}/{name}": text for folder in parts.values() for name, text in backend.items()}
    )
    tree.write(
        tmp_path,
        {
            "packages/mail/src/component/convex.config.ts": 'export default defineComponent("mail");\n',
            "apps/one/api.ts": 'export { api } from "./convex/_generated/api";\n',
            "apps/one/web/page.ts": 'import { api } from "../api";\nuseQuery(api.a.list);\n',
            "packages/web/any.ts": 'import { api } from "@repo/backend";\nuseQuery(api.a.list);\n',
            "packages/mail/src/client.ts": 'import { api as app } from "@repo/backend";\n'
            'import { api } from "./component/_generated/api";\nuseQuery(api.a.list);\n',
        },
    )

    named = {
        name: [mention.module.path for mention in project.mentions if mention.by == "client"]
        for name, folder in parts.items()
        for project in load(tmp_path).projects
        if project.folder == folder
    }
    assert named == {
        "component": ["packages/mail/src/client.ts"],
        "one": ["apps/one/web/page.ts", "packages/mail/src/client.ts", "packages/web/any.ts"],
        "two": ["packages/mail/src/client.ts", "packages/web/any.ts"],
    }


def test_what_clients_call_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    page = (
        'import { api } from "../convex/_generated/api";\nexport const Page = () => useQuery(api.a.list);\n'
    )
    tree.write(tmp_path, BACKEND | {"src/page.tsx": page})
    (project,) = load(tmp_path).projects
    (mention,) = project.mentions_of(project.functions[0])

    assert not mention.module.facts.whole
    assert mention.call == "useQuery"


def test_no_more_than_an_outline_is_read_of_what_is_imported_from_afar(tmp_path: Path) -> None:
    names = ["near", "b", "c", "far", "last"]
    chain = {
        f"src/{name}.ts": f'import {{ x as y }} from "./{other}";\nexport const x = () => y();\n'
        for name, other in pairwise(names)
    }
    function = 'import { query } from "./_generated/server";\nimport { x } from "../src/near";\n'
    function += "export const list = query({ args: {}, handler: async () => x() });\n"
    tree.write(
        tmp_path,
        BACKEND | chain | {"convex/a.ts": function, "src/last.ts": "export const x = () => Date.now();\n"},
    )
    (project,) = load(tmp_path).projects

    assert {path: module.facts.whole for path, module in project.helpers.items()} == {
        "src/near.ts": True,
        "src/b.ts": True,
        "src/c.ts": True,
        "src/far.ts": False,
        "src/last.ts": False,
    }
    assert [clock.step.place.path for clock in project.functions[0].steps(Clock)] == ["src/last.ts"]


def test_a_client_with_a_copy_of_what_is_generated_counts_for_the_functions(tmp_path: Path) -> None:
    backend = {f"packages/backend/{name}": text for name, text in BACKEND.items()}
    copy = {"apps/web/convex/_generated/api.d.ts": "export declare const api: any;\n"}
    page = 'import { api } from "../convex/_generated/api";\nuseQuery(api.a.list);\n'
    tree.write(tmp_path, backend | copy | {"apps/web/src/page.tsx": page})

    assert callers(tmp_path) == ([("apps/web/src/page.tsx", "client")], True)
