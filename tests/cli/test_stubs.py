from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from support import cli, tree

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 'import { v } from "convex/values";\nimport { mutation, query } from "./_generated/server";\n'
_LIST = "export const list = query({ args: {}, returns: v.null(), handler: async () => null });\n"
_PUT = """\
export const put = mutation({
  args: { text: v.string() },
  returns: v.null(),
  handler: async () => null,
});
"""
_HIDDEN = "export const hidden = internalMutation({ args: {}, handler: async () => null });\n"
PROJECT = {"package.json": '{"name": "tasks"}', "convex/tasks.ts": _HEAD + _LIST}
_TESTS = "tests/python/test_tasks.py"
_FILE = '''\
"""Tests of tasks.

`convex-scaffold stubs` writes them. One that you edit is yours from then on.
"""

from __future__ import annotations

import pytest
from scaffold.testing import Contract


def test_list_rejects_wrong_arguments(contract: Contract) -> None:
    """Arguments that are missing, unknown or of another type are turned away."""
    contract.rejects_wrong_arguments("tasks:list")


def test_list_answers_any_call(contract: Contract) -> None:
    """Any valid call gets a result that fits `returns`, or an error with a code."""
    contract.answers_as_declared("tasks:list")


@pytest.mark.untested("tasks:list")
def test_list_behaves() -> None:
    """Say what `list` does for whom it is for; then remove the mark."""
'''
_NEW = ("put_rejects_wrong_arguments", "put_answers_any_call", "put_behaves")


def test_writes_the_tests_of_public_functions_and_then_nothing(folder: Path) -> None:
    tree.write(
        folder, PROJECT | {"convex/hidden.ts": _HEAD.replace("mutation", "internalMutation") + _HIDDEN}
    )

    assert cli.run("stubs") == cli.Result(
        0,
        "new      tests/python/api.py\n"
        "new      tests/python/stubs.json\nnew      tests/python/test_tasks.py\n",
        "1 public function; 3 new\nrun them: pytest tests/python\n",
    )
    assert (folder / _TESTS).read_text() == _FILE
    assert cli.run("stubs") == cli.Result(0, "", "1 public function; every test is up to date\n")
    assert cli.run("stubs", "--check") == cli.Result(0, "", "1 public function; every test is up to date\n")


def test_new_functions_get_tests_behind_those_before_them(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("stubs")
    tree.write(folder, {"convex/tasks.ts": _HEAD + _LIST + _PUT})

    assert cli.run("stubs", "--check") == cli.Result(
        1,
        "".join(f"missing  test_tasks.py::test_{name}\n" for name in _NEW) + "behind   tests/python/api.py\n",
        "2 public functions; 3 new\nwrite them: convex-scaffold stubs\n",
    )
    assert (folder / _TESTS).read_text() == _FILE
    assert cli.run("stubs").code == 0
    whole = (folder / _TESTS).read_text()
    assert whole.startswith(_FILE)
    assert cli.run("stubs", "--check").code == 0


def test_a_test_that_somebody_edited_stays_and_the_others_follow(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("stubs")
    mine = '''\
def test_list_behaves(convex: Client) -> None:
    """It lists nothing."""
    assert convex.query("tasks:list") is None
'''
    text = _FILE.replace(_FILE[_FILE.index("@pytest.mark") :], mine).replace(
        "import pytest\nfrom scaffold.testing import Contract",
        "from scaffold.testing import Client, Contract",
    )
    tree.write(folder, {_TESTS: text, "convex/tasks.ts": _HEAD + _LIST.replace("returns: v.null(), ", "")})

    assert cli.run("stubs", "--check", "--json").code == 1
    result = cli.run("stubs")

    assert result.err.startswith("1 public function; 1 brought up to date, 1 edited by you and kept\n")
    assert (folder / _TESTS).read_text() == text.replace("answers_as_declared", "answers_any_call").replace(
        "a result that fits `returns`", "a result"
    )
    assert cli.run("stubs", "--check").code == 0


def test_a_formatter_is_nobody_and_a_comment_is_somebody(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("stubs")
    text = _FILE.replace(
        'contract.rejects_wrong_arguments("tasks:list")',
        'contract.rejects_wrong_arguments(\n        "tasks:list",\n    )',
    )
    tree.write(folder, {_TESTS: text})
    assert cli.run("stubs") == cli.Result(0, "", "1 public function; every test is up to date\n")

    tree.write(folder, {_TESTS: text.replace("@pytest", "# later\n@pytest")})
    assert cli.run("stubs").err == "1 public function; 1 edited by you and kept\n"


def test_tests_of_a_removed_function_go_unless_somebody_edited_them(folder: Path) -> None:
    tree.write(folder, PROJECT | {"convex/tasks.ts": _HEAD + _LIST + _PUT})
    cli.run("stubs")
    text = (folder / _TESTS).read_text()
    edited = text.replace(
        'contract.answers_as_declared("tasks:put")', 'contract.answers_any_call("tasks:put")'
    )
    tree.write(folder, {_TESTS: edited, "convex/tasks.ts": _HEAD + _LIST})

    result = cli.run("stubs")

    assert result == cli.Result(
        0,
        "changed  tests/python/api.py\n"
        "changed  tests/python/stubs.json\nchanged  tests/python/test_tasks.py\n"
        "removed  test_tasks.py::test_put_rejects_wrong_arguments\n"
        "removed  test_tasks.py::test_put_behaves\n"
        "stale    test_tasks.py::test_put_answers_any_call\n",
        "1 public function; 2 removed, 1 of removed functions edited by you: yours to remove\n"
        "run them: pytest tests/python\n",
    )
    left = edited[
        edited.index("\n\ndef test_put_answers") : edited.index('\n\n@pytest.mark.untested("tasks:put")')
    ]
    assert (folder / _TESTS).read_text() == _FILE + left
    assert cli.run("stubs", "--check").code == 1
    tree.write(folder, {_TESTS: _FILE})
    assert cli.run("stubs", "--check").code == 1  # the note of it is still there
    cli.run("stubs")
    assert cli.run("stubs", "--check").code == 0


def test_a_test_that_somebody_removed_stays_away_and_a_removed_file_comes_back(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("stubs")
    without = _FILE[: _FILE.index("\n\n@pytest")].replace("import pytest\n", "")
    tree.write(folder, {_TESTS: without})

    assert cli.run("stubs").err.startswith("1 public function; 1 left out by you\n")
    assert (folder / _TESTS).read_text() == without
    assert cli.run("stubs", "--check").code == 0
    (folder / _TESTS).unlink()
    cli.run("stubs")
    assert (folder / _TESTS).read_text() == _FILE


def test_a_file_goes_with_its_last_test_unless_it_holds_something_of_yours(folder: Path) -> None:
    more = {"convex/more.ts": _HEAD + _PUT, "convex/others.ts": _HEAD + _PUT}
    tree.write(folder, PROJECT | more)
    cli.run("stubs")
    own = folder / "tests/python/test_others.py"
    own.write_text(own.read_text() + "\n\ndef helper() -> int:\n    return 1\n")
    for name in more:
        (folder / name).unlink()

    result = cli.run("stubs", "--json")

    entries = {entry["path"]: entry["change"] for entry in json.loads(result.out)["files"]}
    assert entries["tests/python/test_more.py"] == "removed"
    assert entries["tests/python/test_others.py"] == "changed"
    assert not (folder / "tests/python/test_more.py").exists()
    assert own.read_text().endswith("annotations\n\n\ndef helper() -> int:\n    return 1\n")
    assert cli.run("stubs", "--check") == cli.Result(0, "", "1 public function; every test is up to date\n")


def test_a_conftest_is_written_once(folder: Path) -> None:
    users = (
        'export default defineSchema({ users: defineTable({ token: v.string(), role: v.union(v.literal("a"), '
        'v.literal("b")) }).index("by_token", ["token"]) });\n'
    )
    me = """\
export const me = query({
  args: {},
  handler: async (ctx) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) return null;
    return await ctx.db
      .query("users")
      .withIndex("by_token", (q) => q.eq("token", identity.tokenIdentifier))
      .unique();
  },
});
"""
    head = 'import { defineSchema, defineTable } from "convex/server";\nimport { v } from "convex/values";\n'
    tree.write(folder, PROJECT | {"convex/schema.ts": head + users, "convex/tasks.ts": _HEAD + me})
    conftest = folder / "tests/python/conftest.py"

    cli.run("stubs")

    assert """\
    def store(client: Client, claims: dict[str, Any]) -> None:
        documents.add(
            "users",
            token=client.token_identifier,
            role=claims.get("role", "a"),
        )
""" in conftest.read_text()
    conftest.write_text("MINE = 1\n")
    assert cli.run("stubs", "--check").code == 0
    conftest.unlink()
    assert cli.run("stubs", "--check").code == 0
    cli.run("stubs")
    assert not conftest.exists()


def test_tokens_of_convex_auth_name_the_users_document(folder: Path) -> None:
    mine = """\
import { getAuthUserId } from "@convex-dev/auth/server";
export const mine = query({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    if ((await getAuthUserId(ctx)) === null) throw new Error("signed out");
    return null;
  },
});
"""
    tree.write(folder, PROJECT | {"convex/tasks.ts": _HEAD + mine})

    cli.run("stubs")

    assert """\
    def sign_in(subject: str, **claims: Any) -> Client:
        known = (user for user in documents.all("users") if user.get("name") == subject)
        user = next(known, None)
        user_id = user["_id"] if user else documents.add("users", name=subject)
        return convex_backend.as_user(f"{user_id}|session", claims)
""" in (folder / "tests/python/conftest.py").read_text()
    assert "def test_mine_refuses_anonymous(" in (folder / _TESTS).read_text()


def test_what_else_stands_in_the_file_stays_to_the_byte(folder: Path) -> None:
    own = b'"""Ours."""\r\n\r\nimport json\r\n\r\n\r\ndef test_ours() -> None:\r\n    json.loads("1")\r\n\r\n'
    own += b"class TestMore:\r\n    x = [\r\n        1,\r\n    ]\r\n"
    tree.write(folder, PROJECT)
    (folder / _TESTS).parent.mkdir(parents=True)
    (folder / _TESTS).write_bytes(own)

    cli.run("stubs")

    text = (folder / _TESTS).read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n")
    assert b"import json\r\nimport pytest\r\nfrom scaffold.testing import Contract\r\n" in text
    assert b"class TestMore:\r\n    x = [\r\n        1,\r\n    ]\r\n" in text
    compile(text, "test_tasks.py", "exec")
    assert cli.run("stubs", "--check").code == 0


def test_preview_and_diff_write_nothing(folder: Path) -> None:
    tree.write(folder, PROJECT)
    before = tree.read(folder)

    result = cli.run("stubs", "--preview", "--diff")

    assert result.code == 0
    assert '+    contract.answers_as_declared("tasks:list")' in result.out
    assert result.err == "1 public function; 3 new; nothing was written\n"
    assert tree.read(folder) == before


def test_json(folder: Path) -> None:
    tree.write(folder, PROJECT)

    result = cli.run("stubs", "--json")

    told = json.loads(result.out)
    assert [entry.pop("diff")[:16] for entry in told["files"]] == ["--- /dev/null\n++"] * 3
    assert told == {
        "schemaVersion": 1,
        "written": True,
        "current": False,
        "functions": 1,
        "missing": [
            "test_tasks.py::test_list_rejects_wrong_arguments",
            "test_tasks.py::test_list_answers_any_call",
            "test_tasks.py::test_list_behaves",
        ],
        "behind": [],
        "edited": [],
        "leftOut": [],
        "removed": [],
        "stale": [],
        "files": [
            {"path": "tests/python/api.py", "change": "new"},
            {"path": "tests/python/stubs.json", "change": "new"},
            {"path": "tests/python/test_tasks.py", "change": "new"},
        ],
    }


def test_a_module_called_api_that_is_somebodys_own_stays(folder: Path) -> None:
    tree.write(folder, PROJECT | {"tests/python/api.py": "MINE = 1\n"})

    assert cli.run("stubs").code == 0
    assert (folder / "tests/python/api.py").read_text() == "MINE = 1\n"
    assert cli.run("stubs", "--check").code == 0


def test_the_typed_functions_are_gone_with_the_last_one(folder: Path) -> None:
    tree.write(folder, PROJECT)
    cli.run("stubs")
    tree.write(folder, {"convex/tasks.ts": _HEAD.replace("mutation", "internalMutation") + _HIDDEN})

    assert cli.run("stubs").code == 0
    assert "tasks" not in (folder / "tests/python/api.py").read_text()


@pytest.mark.parametrize(
    ("settings", "is_one_line"),
    [
        ({}, False),
        ({"ruff.toml": "line-length = 110\n"}, True),
        ({"pyproject.toml": "[tool]\nruff = 1\n"}, False),
    ],
)
def test_lines_are_as_long_as_the_project_has_them(
    folder: Path, settings: dict[str, str], *, is_one_line: bool
) -> None:
    name = "listAllThatIsThereInOneBreath"
    tree.write(folder, PROJECT | settings | {"convex/tasks.ts": _HEAD + _LIST.replace("list", name)})

    cli.run("stubs")

    line = (
        "def test_list_all_that_is_there_in_one_breath_rejects_wrong_arguments(contract: Contract) -> None:"
    )
    assert (line in (folder / _TESTS).read_text()) is is_one_line


def test_what_no_client_can_name_gets_no_tests(folder: Path) -> None:
    """A file whose name is no UTF-8, as archives of other systems leave them."""
    tree.write(folder, PROJECT | {os.fsdecode(b"convex/gr\xf6sse.ts"): _HEAD + _LIST})

    assert cli.run("stubs").err == "1 public function; 3 new\nrun them: pytest tests/python\n"
    assert tree.names(folder / "tests/python") == ["api.py", "stubs.json", "test_tasks.py"]


def test_names_that_clash_are_told_apart(folder: Path) -> None:
    both = _LIST.replace("list", "getURL") + _LIST.replace("list", "getUrl")
    tree.write(
        folder,
        PROJECT
        | {"convex/a/b.ts": _HEAD.replace("./_gen", "../_gen") + both, "convex/a_b.ts": _HEAD + _LIST},
    )

    cli.run("stubs")

    assert sorted(path.name for path in (folder / "tests/python").glob("test_*.py")) == [
        "test_a__b.py",
        "test_a_b.py",
        "test_tasks.py",
    ]
    text = (folder / "tests/python/test_a_b.py").read_text()
    assert text.count("def test_") == len(set(text.split("def test_")[1:]))


@pytest.mark.parametrize(
    ("files", "code", "message"),
    [
        ({}, 3, "no Convex project"),
        (PROJECT | {_TESTS: "def broken(:\n"}, 2, "test_tasks.py cannot be read: line 1"),
        (PROJECT | {"tests/python/stubs.json": "<<<<<<< ours\n"}, 2, "stubs.json cannot be read"),
        (PROJECT | {_TESTS: b"\xff\xfe"}, 2, "it is not UTF-8"),
    ],
)
def test_errors_say_what_and_where_and_change_nothing(
    folder: Path, files: dict[str, str | bytes], code: int, message: str
) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    result = cli.run("stubs")

    assert result.code == code
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (folder / "tests/python/conftest.py").exists()


@pytest.mark.parametrize(
    ("file", "is_watched"), [("v.id('_storage')", False), ("v.optional(v.id('_storage'))", True)]
)
def test_watchers_are_told_of_what_a_test_can_add(folder: Path, file: str, *, is_watched: bool) -> None:
    schema = (
        'import { defineSchema, defineTable } from "convex/server";\nimport { v } from "convex/values";\n'
        f"export default defineSchema({{ files: defineTable({{ file: {file} }}) }});\n"
    )
    files = (
        "export const all = query({ args: {}, handler: async (ctx) => await "
        'ctx.db.query("files").collect() });\n'
    )
    tree.write(folder, PROJECT | {"convex/schema.ts": schema, "convex/tasks.ts": _HEAD + files})

    cli.run("stubs")

    assert ("test_all_tells_its_watchers" in (folder / _TESTS).read_text()) is is_watched
