from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import tree
from support.cli import Result, run

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = """\
import { mutation, query } from "./_generated/server";
import { v } from "convex/values";

export const list = query(async (ctx) => await ctx.db.query("messages").take(10));

export const seen = mutation({
  args: { id: v.id("messages") },
  handler: async (ctx, { id }) => {
    ctx.db.patch(id, { seen: true }); // ☃
  },
});
"""
SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ messages: defineTable({ box: v.string(), seen: v.boolean() }) });
"""
FILES = {
    "package.json": '{ "name": "x", "dependencies": { "convex": "1.48.0" } }\n',
    "convex/schema.ts": SCHEMA,
    "convex/messages.ts": MESSAGES,
}
CODES = "CX101,CX102,CX212,CX301"
FIXED = """\
import { mutation, query } from "./_generated/server";
import { v } from "convex/values";

export const list = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("messages").take(10),
});

export const seen = mutation({
  args: { id: v.id("messages") },
  handler: async (ctx, { id }) => {
    await ctx.db.patch("messages", id, { seen: true }); // ☃
  },
});
"""


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    return tree.write(folder, FILES)


def test_fixes_are_made(project: Path) -> None:
    result = run("fix", "--select", CODES)
    assert result == Result(
        0,
        "convex/messages.ts\n"
        "  ✓ CX101 put the function into an object 4:14\n"
        "  ✓ CX102 declare that it takes no arguments 4:14\n"
        "  ✓ CX212 name the table `messages` 9:5\n"
        "  ✓ CX301 await it 9:5\n"
        "4 findings fixed in 1 file\n",
        "",
    )
    assert tree.read(project) == FILES | {"convex/messages.ts": FIXED}
    assert run("fix", "--select", CODES) == Result(0, "0 findings fixed\n", "")


def test_looking_first_writes_nothing(project: Path) -> None:
    result = run("fix", "--select", "CX301", "--diff")
    assert result == Result(
        1,
        "--- a/convex/messages.ts\n"
        "+++ b/convex/messages.ts\n"
        "@@ -6,6 +6,6 @@\n"
        " export const seen = mutation({\n"
        '   args: { id: v.id("messages") },\n'
        "   handler: async (ctx, { id }) => {\n"
        "-    ctx.db.patch(id, { seen: true }); // ☃\n"
        "+    await ctx.db.patch(id, { seen: true }); // ☃\n"
        "   },\n"
        " });\n",
        "1 finding would be fixed\n",
    )
    assert tree.read(project) == FILES


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", " // ☃\u2028\f", "\n\n"])
def test_the_patch_applies(project: Path, end: str, last: str) -> None:
    """Line ends of either kind, a last line without one, characters that Python takes for line ends."""
    name, deep = "convex/two words/messages.ts", ('"./_generated', '"../_generated')
    tree.write(project, {name: (MESSAGES.rstrip("\n") + last).replace("\n", end).replace(*deep)})
    patch = run("fix", "--select", CODES, "--diff").out
    tree.git(project, "init", "--quiet")
    subprocess.run(["git", "apply"], cwd=project, input=patch.encode(), check=True)
    assert tree.read(project) == FILES | {
        "convex/messages.ts": FIXED,
        name: (FIXED.rstrip("\n") + last).replace("\n", end).replace(*deep),
    }


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks_survive(project: Path, start: str, end: str) -> None:
    tree.write(project, {"convex/messages.ts": start + MESSAGES.replace("\n", end)})
    assert run("fix", "--select", CODES).code == 0
    expected = start + FIXED.replace("\n", end)
    assert (project / "convex/messages.ts").read_bytes() == expected.encode()


def test_only_the_paths_named(project: Path) -> None:
    tree.write(project, {"convex/other.ts": MESSAGES})
    assert run("fix", "convex/other.ts", "--select", "CX301").code == 0
    assert (project / "convex/messages.ts").read_text() == MESSAGES
    assert "await ctx.db.patch" in (project / "convex/other.ts").read_text()


@pytest.mark.usefixtures("project")
def test_json() -> None:
    result = run("fix", "--select", "CX301,CX103", "--json")
    assert json.loads(result.out) == {
        "schemaVersion": 1,
        "written": True,
        "files": ["convex/messages.ts"],
        "fixed": [{"code": "CX301", "place": "convex/messages.ts:9:5", "title": "await it"}],
        "refused": [],
        "left": 1,
    }


def test_suppressed_findings_are_left(project: Path) -> None:
    text = MESSAGES.replace("// ☃", "// scaffold-ignore CX301: it may be lost")
    tree.write(project, {"convex/messages.ts": text})
    assert run("fix", "--select", "CX301") == Result(0, "0 findings fixed\n", "")


_KILLED = """\
import os, signal, sys
from scaffold.cli.app import main
from scaffold.core import files
real, wanted = files.replace, int(sys.argv[1])
def replace(path, content, **options):
    real(path, content, **options)
    if path.name.endswith(".ts"):
        replace.calls += 1
        if replace.calls == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
replace.calls = 0
files.replace = replace
main(["fix", "--select", "CX301"])
"""


def test_a_killed_run_is_undone_by_the_next(project: Path) -> None:
    names = [f"convex/copy{number}.ts" for number in range(3)]
    tree.write(project, dict.fromkeys(names, MESSAGES))
    process = subprocess.run([sys.executable, "-c", _KILLED, "2"], cwd=project, check=False, env=os.environ)
    assert process.returncode == -signal.SIGKILL
    result = run("fix", "--select", "CX301", "--diff")
    assert result.err == (
        "note: an earlier run was interrupted; undone: convex/copy0.ts, convex/copy1.ts\n"
        "4 findings would be fixed\n"
    )
    assert tree.read(project) == FILES | dict.fromkeys(names, MESSAGES)


@pytest.mark.usefixtures("folder")
def test_nothing_to_work_on() -> None:
    assert run("fix") == Result(
        3,
        "",
        "error: no Convex project in @CWD@: no folder with Convex functions was found\n"
        "try: go to the project's folder, or create one: convex-scaffold new my-backend\n",
    )
