"""`adopt`: what it finds out, what it takes, and that nothing of the project is lost."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from support import cli, fresh, tree

from scaffold import __version__
from scaffold.core import config
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  messages: defineTable({ body: v.string() }),
});
"""
MESSAGES = """\
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("messages").collect(),
});
"""
RECORDS = [".copier-answers.yml", "scaffold.baseline", "scaffold.toml"]


def manifest(*packages: str, **more: object) -> str:
    return (
        json.dumps({"name": "shop", "dependencies": dict.fromkeys(packages, "^1.0.0"), **more}, indent=2)
        + "\n"
    )


def project(root: Path, files: Mapping[str, str] | None = None) -> Path:
    """A small chat backend, committed, with what `files` adds or replaces."""
    standard = {
        "package.json": manifest("convex"),
        "convex/schema.ts": SCHEMA,
        "convex/messages.ts": MESSAGES,
        "README.md": "# Shop\n",
    }
    return tree.repository(root, {**standard, **(files or {})})


@pytest.fixture
def shop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small chat backend, which is the current folder."""
    root = project(folder / "shop")
    monkeypatch.chdir(root)
    return root


def previewed(root: Path, *arguments: str) -> Any:
    result = cli.run("adopt", root, "--preview", "--json", *arguments)
    assert result.code == 0, result.err
    return json.loads(result.out)


AUTH = "export default { providers: [%s] };\n"
OIDC = '{ domain: "https://id.example.com", applicationID: "x" }'
SELF = '{ domain: process.env.CONVEX_SITE_URL, applicationID: "convex" }'

PROJECTS: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "npm-clerk-next": (
        {
            "package.json": manifest("convex", "next", "react", "@clerk/nextjs"),
            "package-lock.json": "{}",
            "convex/auth.config.ts": AUTH % "{ domain: process.env.CLERK_JWT_ISSUER_DOMAIN }",
            ".github/workflows/test.yml": "on: push\n",
        },
        {"package_manager": "npm", "auth": "clerk", "ci": "github", "framework": "Next.js"},
    ),
    "pnpm-auth0-react": (
        {
            "package.json": manifest("convex", "react", "@auth0/auth0-react"),
            "pnpm-lock.yaml": "lockfileVersion: 9\n",
        },
        {"package_manager": "pnpm", "auth": "auth0", "ci": "none", "framework": "React"},
    ),
    "yarn-workos-tanstack": (
        {
            "package.json": manifest("convex", "react", "@tanstack/react-start", "@workos-inc/authkit-react"),
            "yarn.lock": "",
            "convex/auth.config.ts": AUTH % "{ type: 'customJwt', issuer: 'https://api.workos.com/' }",
        },
        {"package_manager": "yarn", "auth": "workos", "ci": "none", "framework": "TanStack Start"},
    ),
    "bun-convex-auth-expo": (
        {
            "package.json": manifest("convex", "expo", "react-native", "@convex-dev/auth"),
            "bun.lock": "",
            "convex/auth.config.ts": AUTH % SELF,
            "convex/billing/invoices.ts": "export const a = 1;\n",
            "convex/lib/helpers.ts": "export const a = 1;\n",
        },
        {"package_manager": "bun", "auth": "oidc", "ci": "none", "framework": "Expo", "domains": ["billing"]},
    ),
    "pinned-oidc-svelte": (
        {
            "package.json": manifest("convex", "@sveltejs/kit", "svelte", packageManager="pnpm@10.1.0"),
            "package-lock.json": "{}",
            "convex/auth.config.js": AUTH % OIDC,
        },
        {"package_manager": "pnpm", "auth": "oidc", "ci": "none", "framework": "SvelteKit"},
    ),
    "bare-jwt": (
        {
            "package.json": "{}",
            "convex/auth.config.ts": AUTH % "{ type: 'customJwt', issuer: 'https://a.test' }",
        },
        {"package_manager": "npm", "auth": "jwt", "ci": "none", "framework": None, "name": "backend"},
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_what_a_project_is_built_with_is_found_out(name: str, folder: Path) -> None:
    files, expected = PROJECTS[name]
    project(folder / "backend", files)

    document = previewed(folder / "backend")

    answers = {key: answer["value"] for key, answer in document["answers"].items()}
    assert answers == {
        "project_name": expected.get("name", "shop"),
        "auth": expected["auth"],
        "domains": [],
        "package_manager": expected["package_manager"],
        "ci": expected["ci"],
    } | {key: value for key, value in answers.items() if key not in expected and key not in ASKED}
    assert document["detected"]["framework"] == expected["framework"]
    assert document["detected"]["domains"] == expected.get("domains", [])


ASKED = ("project_name", "auth", "domains", "package_manager", "ci")


def test_a_workspace_takes_the_lock_file_from_above(folder: Path) -> None:
    backend = {
        f"packages/backend/{name}": text
        for name, text in {"convex/schema.ts": SCHEMA, "package.json": manifest("convex")}.items()
    }
    root = tree.repository(folder / "mono", {"pnpm-lock.yaml": "", "package.json": "{}", **backend})

    document = previewed(root / "packages" / "backend")
    assert document["answers"]["package_manager"] == {"value": "pnpm", "because": "pnpm-lock.yaml"}

    assert cli.run("adopt", root / "packages/backend", "--yes", "--only", "ci").code == 0
    staged = tree.git(root, "diff", "--cached", "--name-only").split()
    assert staged == [f"packages/backend/{name}" for name in [".copier-answers.yml", ".nvmrc", *RECORDS[1:]]]

    result = cli.run("adopt", root)
    assert (result.code, result.err) == (
        3,
        "error: no Convex project in @CWD@/mono: but in packages/backend\n"
        "try: go there first: cd @CWD@/mono/packages/backend\n",
    )


def test_functions_in_another_folder(folder: Path) -> None:
    files = {"convex.json": '{"functions": "src/convex/"}', "src/convex/schema.ts": SCHEMA}
    root = tree.repository(folder / "shop", {"package.json": manifest("convex"), **files})

    document = previewed(root, "--only", "all")

    assert document["detected"]["functions"] == "src/convex"
    assert [file["path"] for file in document["files"] if file["path"].startswith("convex/")] == []
    assert document["remarks"][0] == (
        "the template keeps functions in convex/, this project in src/convex: none of those files are offered"
    )


def test_recording_alone_changes_no_file_and_makes_check_green(shop: Path) -> None:
    before = tree.read(shop)
    assert cli.run("check").code == 1

    result = cli.run("adopt", "--yes")

    assert result.code == 0
    assert result.out.endswith(
        "To be done\n"
        "  added    .copier-answers.yml\n"
        "  added    scaffold.baseline\n"
        "  added    scaffold.toml\n"
        "\n"
        "adopted   @CWD@  everything is staged\n"
        f"accepted  {accepted(shop)} of today; new ones fail: convex-scaffold check\n"
        'commit    git commit -m "Adopt convex-scaffold @VERSION@"\n'.replace("@VERSION@", newest())
        + "undo      convex-scaffold update --abort\n"
    )
    after = tree.read(shop)
    assert {name: text for name, text in after.items() if name not in RECORDS} == before
    assert tree.git(shop, "diff", "--cached", "--name-only").split() == RECORDS
    assert tree.git(shop, "diff", "--name-only") == ""

    tree.git(shop, "commit", "--quiet", "--message", "adopt")
    assert cli.run("check").code == 0
    assert cli.run("status", "--json").code in {0, 1}  # 1 once a newer version is known
    tree.write(shop, {"convex/more.ts": MESSAGES.replace("list", "more")})
    assert cli.run("check").code == 1


def accepted(root: Path) -> str:
    """How many findings the baseline holds; which those are is the business of the rules."""
    lines = (root / "scaffold.baseline").read_text().splitlines()
    number = sum(not line.startswith("#") for line in lines)
    assert number > 0
    return count(number, "finding")


def newest() -> str:
    from scaffold.templates import history  # noqa: PLC0415

    return history.NEWEST


def test_everything(shop: Path) -> None:
    result = cli.run("adopt", "--yes", "--only", "all", "--json")

    document = json.loads(result.out)
    assert result.code == 0
    fates = {file["path"]: file["change"] for file in document["files"]}
    assert fates["convex/schema.ts"] == fates["package.json"] == "merged"
    assert fates["README.md"] == "kept"
    assert {fate for path, fate in fates.items() if path not in {"convex/schema.ts", "package.json"}} == {
        "added",
        "kept",
    }
    after = tree.read(shop)
    assert after["README.md"] == "# Shop\n"
    tables = {"reliability": "reliabilityTables", "users": "userTables"}
    imports = "\n".join(f'import {{ {name} }} from "./{of}/tables";' for of, name in tables.items())
    assert after["convex/schema.ts"] == SCHEMA.replace("\n\nexport", f"\n{imports}\n\nexport").replace(
        "}),\n});", "}),\n  ...reliabilityTables,\n  ...userTables,\n});"
    )
    joined = json.loads(after["package.json"])
    assert joined["dependencies"]["convex"] == "^1.0.0"
    assert joined["scripts"]["test"] == "vitest run && node tests/python/run.mjs pytest"
    assert count(document["acceptedFindings"], "finding") == accepted(shop)
    assert cli.run("check").code == 0


def test_a_group_brings_what_it_needs(shop: Path) -> None:
    document = previewed(shop, "--only", "convex/lib/functions.ts")

    taken = {file["path"]: file["note"] for file in document["files"] if file["change"]}
    assert taken["convex/lib/auth.ts"] == "needed by convex/lib/functions.ts"
    assert taken["convex/lib/telemetry.ts"].startswith("needed by ")
    assert taken["package.json"].startswith("needed by ")
    assert "convex/lib/functions.test.ts" not in taken
    assert "vitest.config.mts" not in taken


def test_a_file_that_both_have_is_a_conflict_only_if_it_is_named(shop: Path) -> None:
    tree.write(shop, {"tsconfig.json": '{ "include": ["src"] }\n'})
    tree.git(shop, "add", "--all")
    tree.git(shop, "commit", "--quiet", "--message", "tsconfig")

    result = cli.run("adopt", "--yes", "--only", "tsconfig.json")

    assert result.code == 4
    assert "resolve   1 conflict: git mergetool, or edit and git add\n" in result.out
    assert tree.git(shop, "status", "--porcelain", "tsconfig.json") == "AA tsconfig.json"
    text = (shop / "tsconfig.json").read_text()
    assert text.startswith('<<<<<<< yours\n{ "include": ["src"] }\n=======\n{\n')
    assert text.endswith(f">>>>>>> template {newest()}\n")


def test_it_can_be_taken_back(shop: Path) -> None:
    before = tree.read(shop)
    cli.run("adopt", "--yes", "--only", "all")

    assert cli.run("update", "--abort").code == 0

    assert tree.read(shop) == before
    assert tree.git(shop, "status", "--porcelain") == ""


def test_preview_writes_nothing(shop: Path) -> None:
    before = tree.read(shop)

    result = cli.run("adopt", "--preview", "--only", "ci", "--diff")

    assert result.code == 0
    assert "\ndiff --git a/.nvmrc b/.nvmrc\n" in result.out
    assert result.out.endswith("\nnothing was written\n")
    assert tree.read(shop) == before
    assert tree.git(shop, "status", "--porcelain") == ""


def test_an_old_convex_is_told(shop: Path) -> None:
    document = previewed(shop, "--only", "backend")

    assert any(
        remark.startswith("the template's code is written for convex 1.") for remark in document["remarks"]
    )


def test_a_users_table_of_their_own_is_not_replaced(folder: Path) -> None:
    schema = SCHEMA.replace("messages:", "users:")
    root = project(folder / "shop", {"convex/schema.ts": schema})

    document = previewed(root, "--only", "backend")

    fates = {file["path"]: file["change"] for file in document["files"]}
    assert fates["convex/schema.ts"] == "kept"
    assert "convex/users/tables.ts" in fates


def test_dirty_files_that_would_change_are_refused(shop: Path) -> None:
    (shop / "package.json").write_text("{}\n")
    before = tree.read(shop)

    result = cli.run("adopt", "--yes", "--only", "package.json")

    assert result.code == 2
    assert "package.json" in result.err
    assert tree.read(shop) == before


def test_files_in_the_way_that_git_does_not_know_are_refused(shop: Path) -> None:
    tree.write(shop, {".nvmrc": "18\n"})
    before = tree.read(shop)

    result = cli.run("adopt", "--yes", "--only", "ci")

    assert result.code == 2
    assert ".nvmrc" in result.err
    assert tree.read(shop) == before


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("standard", "did you mean standards?"),
        ("convex/lib/function.ts", "did you mean convex/lib/functions.ts?"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_the_template_has_not(word: str, hint: str) -> None:
    result = cli.run("adopt", "--yes", "--only", word)

    assert result == cli.Result(
        2,
        "",
        f"error: --only {word}: the template has neither such a file nor such a group\ntry: {hint}\n",
    )


def test_no_repository(folder: Path) -> None:
    tree.write(folder / "shop", {"convex/schema.ts": SCHEMA})

    result = cli.run("adopt", "shop")

    assert result.code == 2
    assert "git" in result.err


def test_no_project(folder: Path) -> None:
    tree.repository(folder / "other", {"README.md": "# Nothing\n"})

    assert cli.run("adopt", "other").code == 3


def test_adopted_already(shop: Path) -> None:
    cli.run("adopt", "--yes")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")

    assert cli.run("adopt", "--yes") == cli.Result(
        2,
        "",
        "error: the project follows a template already, as @CWD@/.copier-answers.yml says; "
        "nothing was changed\n"
        "try: convex-scaffold status, or to take more of it: convex-scaffold adopt --only GROUP\n",
    )


def test_a_configuration_of_their_own_is_kept(folder: Path) -> None:
    own = 'profile = "strict"  # we mean it\n\n[baseline]\nfile = "accepted.txt"\n'
    root = project(folder / "shop", {"scaffold.toml": own})

    assert cli.run("adopt", root, "--yes").code == 0

    assert (root / "scaffold.toml").read_text().startswith(own)
    assert (root / "accepted.txt").read_text().count("\n") > 2
    assert not (root / "scaffold.baseline").exists()
    assert cli.run("check", root).code == 0
    assert tree.git(root, "diff", "--name-only") == ""
    assert cli.run("update", root, "--abort").code == 0
    assert tree.git(root, "status", "--porcelain") == ""


def test_more_can_be_taken_later(shop: Path) -> None:
    cli.run("adopt", "--yes", "--only", ".editorconfig")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")
    tree.write(shop, {"convex/more.ts": MESSAGES.replace("list", "more")})
    tree.git(shop, "add", "--all")
    tree.git(shop, "commit", "--quiet", "--message", "a finding that is not accepted")
    baseline = (shop / "scaffold.baseline").read_text()
    assert config.read(shop).adopted == (".editorconfig",)

    result = cli.run("adopt", "--yes", "--only", "ci")

    assert result.code == 0
    assert tree.git(shop, "diff", "--cached", "--name-only").split() == [".nvmrc", "scaffold.toml"]
    assert config.read(shop).adopted == (".editorconfig", "ci")
    assert (shop / "scaffold.baseline").read_text() == baseline
    assert cli.run("check").code == 1


def test_all_of_it_can_be_taken_in_the_end(shop: Path) -> None:
    cli.run("adopt", "--yes", "--only", "ci")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")

    assert cli.run("adopt", "--yes", "--only", "all").code == 0
    assert config.read(shop).adopted is None


def listed(output: str) -> list[str]:
    """What an update does, file by file."""
    kinds = "added changed merged conflict removed renamed kept".split()
    return [
        line.strip() for line in output.splitlines() if line.startswith("  ") and line.split()[0] in kinds
    ]


def test_an_update_follows_what_was_adopted_and_nothing_else(shop: Path) -> None:
    cli.run("adopt", "--yes", "--ref", "v0.2.0", "--only", "convex/lib/telemetry.test.ts", "--only", ".nvmrc")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")
    (shop / ".nvmrc").unlink()
    tree.git(shop, "commit", "--quiet", "--all", "--message", "we need no .nvmrc")

    result = cli.run("update", "--to", "v0.4.0", "--defaults")

    assert result.code == 0
    assert listed(result.out) == [
        "changed   .copier-answers.yml",
        "renamed   convex/lib/responses.ts → convex/lib/http.ts",
        "changed   convex/lib/recorded.ts",
        "merged    package.json",
        "merged    scaffold.toml  (generated)",
    ]
    assert result.err == (
        "note: comes along with what you adopted: convex/lib/http.ts\n"
        "note: the template changes 8 files that you did not adopt: convex-scaffold adopt --only GROUP\n"
    )


def test_a_new_name_of_what_was_adopted_is_followed(shop: Path) -> None:
    cli.run("adopt", "--yes", "--ref", "v0.2.0", "--only", "convex/lib/responses.ts")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")

    result = cli.run("update", "--to", "v0.3.0", "--defaults")

    assert listed(result.out) == [
        "changed   .copier-answers.yml",
        "renamed   convex/lib/responses.ts → convex/lib/http.ts",
        "merged    scaffold.toml  (generated)",
    ]
    assert config.read(shop).adopted == (
        "convex/lib/responses.ts",
        "convex/lib/errors.ts",
        "convex/lib/http.ts",
    )


@pytest.mark.usefixtures("shop")
def test_scripts_bring_what_they_run() -> None:
    result = cli.run("adopt", "--yes", "--only", "package.json", "--json")

    added = [file["path"] for file in json.loads(result.out)["files"] if file["change"] == "added"]
    assert "tests/python/run.mjs" in added
    assert "tests/python/conftest.py" not in added


def test_status_counts_what_was_not_adopted_apart(shop: Path) -> None:
    cli.run("adopt", "--yes", "--ref", "v0.4.0", "--only", "standards")
    tree.git(shop, "commit", "--quiet", "--message", "adopt")
    (shop / "AGENTS.md").unlink()

    _, _, files = cli.run("status").out.partition("\n\n  missing")
    assert (
        files
        == """\
   AGENTS.md
  edited    package.json
  edited    scaffold.toml

5 intact, 2 edited, 1 missing, 43 unadopted, 5 generated
update    convex-scaffold update --preview
adopt     convex-scaffold adopt --only GROUP takes more; --preview shows what
"""
    )


def test_the_crons_of_what_is_taken_come_along(shop: Path) -> None:
    document = previewed(shop, "--only", "convex/reliability")

    [crons] = [file for file in document["files"] if file["path"] == "convex/crons.ts"]
    assert crons["change"] == "added"
    assert crons["note"].startswith("needed by convex/")


def test_what_does_the_same_work_is_not_doubled(folder: Path) -> None:
    files = {
        ".eslintrc.json": "{}",
        "vitest.config.ts": "export default {};\n",
        "convex/schema.ts": SCHEMA,
        "convex/http.js": "export default 1;\n",
    }
    root = project(folder / "shop", files)

    document = previewed(root, "--only", "all")

    assert document["remarks"][:3] == [
        "convex/http.ts is not offered: the project has convex/http.js",
        "eslint.config.mjs is not offered: the project has .eslintrc.json",
        "vitest.config.mts is not offered: the project has vitest.config.ts",
    ]
    paths = [file["path"] for file in document["files"]]
    assert "convex/http.ts" not in paths
    assert "eslint.config.mjs" not in paths


def test_a_failure_after_the_files_are_written_takes_them_back(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scaffold.check.run.run", interrupted)
    before = tree.read(shop)

    assert cli.run("adopt", "--yes", "--only", "ci").code == 130

    assert tree.read(shop) == before
    assert tree.git(shop, "status", "--porcelain") == ""


def test_a_kill_between_files_and_baseline_can_be_taken_back(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree.read(shop)
    child = os.fork()
    if child == 0:
        monkeypatch.setattr("scaffold.check.run.run", lambda *_: os._exit(9))
        cli.run("adopt", "--yes", "--only", "all")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (shop / "scaffold.baseline").read_text() == ""

    assert cli.run("adopt", "--yes") == cli.Result(
        2,
        "",
        f"error: the update to v{__version__} was interrupted; nothing was changed\n"
        "try: convex-scaffold update --abort\n",
    )
    assert cli.run("update", "--abort").code == 0

    assert tree.read(shop) == before
    assert tree.git(shop, "status", "--porcelain") == ""


def test_folders_where_the_template_has_files_stay_and_so_do_files_and_links(shop: Path) -> None:
    tree.write(shop, {"tests": "a file\n", ".nvmrc/notes.txt": "a folder\n", "shared/auth.ts": "mine\n"})
    (shop / "convex" / "lib").symlink_to("../shared")
    tree.git(shop, "add", "--all")
    tree.git(shop, "commit", "--quiet", "--message", "mine")
    before = tree.read(shop)

    result = cli.run("adopt", shop, "--only", "all", "--yes")

    assert result.code == 0, result.err
    for what in ("tests", ".nvmrc/", "convex/lib"):
        assert (
            f"the project has {what}: what the template has there is not offered" in result.err + result.out
        )
    after = tree.read(shop)
    assert {path for path in before if after.get(path) != before[path]} <= {
        "package.json",
        ".gitignore",
        "convex/schema.ts",
    }
    assert (shop / "convex" / "lib").is_symlink()
    assert cli.run("update", shop, "--abort").code == 0
    assert tree.read(shop) == before


def test_a_folder_where_generated_code_goes_is_named(folder: Path) -> None:
    made = tree.read(fresh.generated(folder / "made"))
    theirs = {path: text for path, text in made.items() if path.startswith("convex/_generated/")}
    del theirs["convex/_generated/server.js"]
    shop = project(
        folder / "shop",
        {**theirs, "package.json": made["package.json"], "convex/_generated/server.js/notes.txt": "mine\n"},
    )

    result = cli.run("adopt", shop, "--only", "convex/lib/functions.ts", "--yes")

    assert result.code == 0
    place = "convex/_generated/server.js"
    assert f"note: {place} is not written: {place}/ stands in the way\n" in result.err
    assert tree.read(shop)[f"{place}/notes.txt"] == "mine\n"


def test_a_folder_where_a_record_goes_is_named(shop: Path) -> None:
    tree.write(shop, {"scaffold.baseline/notes.txt": "a folder\n"})
    tree.git(shop, "add", "--all")
    tree.git(shop, "commit", "--quiet", "--message", "mine")

    assert cli.run("adopt", shop, "--only", "ci", "--yes") == cli.Result(
        2,
        "",
        "error: scaffold.baseline cannot be written: scaffold.baseline/ stands in the way; "
        "nothing was changed\n"
        "try: rename it: git mv scaffold.baseline ANOTHER-NAME\n",
    )
