"""The command over a small shop: its views, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import cli, tree


@pytest.mark.usefixtures("shop")
def test_summary() -> None:
    assert (
        cli.run("inspect").out
        == """\
convex
  convex 1.48.0 · 3 functions (2 public) · 2 tables · 1 cron · 0 routes

functions
  orders:charge  action     internal  calls fetch
  orders:mine    query      public    reads orders.by_owner
  orders:pay     mutation   public    patches orders; schedules orders:charge

tables
  orders  by_owner(owner)
  users   no index

crons
  charge again  every 600 s  orders:charge

not known: args 1; list them with --unknown
"""
    )


_NARROW = """\
convex
  convex 1.48.0 · 3 functions (2 public) · 2 tables · 1 cron · 0 routes

functions
  orders:charge  action     internal
      calls fetch
  orders:mine    query      public
      reads orders.by_owner
  orders:pay     mutation   public
      patches orders; schedules orders:charge

tables
  orders  by_owner(owner)
  users   no index

crons
  charge again  every 600 s  orders:charge

not known: args 1; list them with --unknown
"""


@pytest.mark.usefixtures("shop")
def test_where_there_is_no_room_what_a_function_does_stands_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert cli.run("inspect", "-o", "shop.txt").code == 0
    assert Path("shop.txt").read_text("utf-8") == _NARROW


@pytest.mark.usefixtures("shop")
def test_a_narrow_terminal_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")

    told = "      patches orders;\n      schedules orders:charge\n"
    assert f"  orders:pay     mutation   public\n{told}" in cli.run("inspect").out


@pytest.mark.usefixtures("shop")
def test_a_terminal_without_unicode() -> None:
    command = [sys.executable, "-m", "scaffold", "inspect"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(command, env=environment, capture_output=True, check=True)

    assert done.stdout.isascii()
    assert b"convex 1.48.0 - 3 functions (2 public) - 2 tables" in done.stdout


@pytest.mark.usefixtures("shop")
def test_unknown() -> None:
    assert cli.run("inspect", "convex").out == cli.run("inspect").out
    assert cli.run("inspect", "--unknown").out == "convex/orders.ts:12:38: args: it is not written here\n"


@pytest.mark.usefixtures("shop")
def test_mermaid() -> None:
    assert (
        cli.run("inspect", "--mermaid").out
        == """\
flowchart LR
  subgraph p0["convex"]
    p0n0(["src/App.tsx"])
    p0n1{{"charge again"}}
    p0n2["orders:charge"]
    p0n3["orders:mine"]
    p0n4["orders:pay"]
    p0n5>"fetch"]
    p0n6[("orders")]
    p0n0 -->|calls| p0n3
    p0n1 -->|runs| p0n2
    p0n2 -->|calls| p0n5
    p0n3 -->|reads| p0n6
    p0n4 -.->|schedules| p0n2
    p0n4 ==>|writes| p0n6
  end
"""
    )


@pytest.mark.usefixtures("shop")
def test_json_names_every_part() -> None:
    document = json.loads(cli.run("inspect", "--json").out)
    (project,) = document["projects"]

    assert (document["version"], document["files"], document["notSeen"]) == (1, 4, [])
    assert [function["identifier"] for function in project["functions"]] == [
        "orders:mine",
        "orders:pay",
        "orders:charge",
    ]
    assert project["functions"][1]["steps"] == [
        {"step": "patch", "table": "orders", "place": {"path": "convex/orders.ts", "line": 14, "column": 11}},
        {
            "step": "runAfter",
            "through": "scheduler",
            "function": "internal.orders.charge",
            "place": {"path": "convex/orders.ts", "line": 15, "column": 11},
        },
    ]
    assert project["tables"][0]["readBy"] == ["orders:mine"]
    assert project["tables"][0]["writtenBy"] == ["orders:pay"]
    assert project["mentions"][-1] == {
        "by": "client",
        "call": "useQuery",
        "address": "api.orders.mine",
        "place": {"path": "src/App.tsx", "line": 3, "column": 39},
    }


def test_json_says_which_index_a_read_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read = 'ctx.db.query("notes")'
    reads = (
        f"{read}.first()",
        f'{read}.withIndex("by_owner").first()',
        f"{read}.withIndex(args.index).first()",
    )
    code = (
        'import { query } from "./_generated/server";\n'
        "export const all = query({ args: {}, handler: async (ctx, args) => {\n"
        f"{''.join(f'  await {each};{chr(10)}' for each in reads)}}} }});\n"
    )
    tree.write(tmp_path, {"convex/notes.ts": code, "convex/schema.ts": "export default {};"})

    (project,) = json.loads(cli.run("inspect", "--json").out)["projects"]

    assert [step["index"] for step in project["functions"][0]["steps"]] == ["", "by_owner", None]


def test_graph_is_one_page(shop: Path) -> None:
    done = cli.run("inspect", "--graph", "-o", "graph.html")
    page = (shop / "graph.html").read_text("utf-8")

    assert (done.code, done.out, done.err) == (0, "", "written  graph.html\n")
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert '{"from":"function orders:pay","verb":"writes","to":"table orders"}' in page


def test_two_views_are_one_too_many(shop: Path) -> None:
    done = cli.run("inspect", shop, "--json", "--mermaid")

    assert (done.code, done.err) == (
        2,
        "error: choose one view: --json or --mermaid\ntry: convex-scaffold inspect --help\n",
    )
    assert cli.run("inspect", shop, "--format", "function-spec", "--unknown").err.startswith(
        "error: choose one view: --unknown or --format function-spec\n"
    )


@pytest.mark.parametrize("view", [[], ["--json"], ["--mermaid"], ["--unknown"], ["--graph"]])
def test_files_end_with_a_line_end(shop: Path, tmp_path: Path, view: list[str]) -> None:
    assert cli.run("inspect", shop, *view, "-o", tmp_path / "out").code == 0
    text = (tmp_path / "out").read_text("utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


_COMPONENT = {
    "convex/counter/convex.config.ts": """\
import { defineComponent } from "convex/server";
export default defineComponent("counter");
""",
    "convex/counter/lib.ts": """\
import { mutation } from "./_generated/server";
export const add = mutation({ args: {}, handler: async () => null });
""",
}


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (".", ["orders.js:charge", "orders.js:mine", "orders.js:pay"]),
        ("convex", ["orders.js:charge", "orders.js:mine", "orders.js:pay"]),
        ("convex/counter", ["lib.js:add"]),
    ],
)
def test_a_component_is_named_by_its_folder(shop: Path, folder: str, told: list[str]) -> None:
    for path, text in _COMPONENT.items():
        (shop / path).parent.mkdir(exist_ok=True)
        (shop / path).write_text(text, "utf-8")

    spec = json.loads(cli.run("inspect", "--format", "function-spec", folder).out)

    assert [each["identifier"] for each in spec["functions"]] == told


_MORE_CRONS = """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
const crons = cronJobs();
crons.daily("%s", { hourUTC: 3, minuteUTC: 17 }, internal.orders.charge, {});
export default crons;
"""


def test_crons_that_nothing_imports_do_not_run(shop: Path) -> None:
    (shop / "convex" / "old.ts").write_text(_MORE_CRONS % "charge at night", "utf-8")
    (shop / "convex" / "more.ts").write_text(_MORE_CRONS % "charge early", "utf-8")
    crons = shop / "convex" / "crons.ts"
    crons.write_text(f'import "./more";\n{crons.read_text("utf-8")}', "utf-8")

    (project,) = json.loads(cli.run("inspect", "--json").out)["projects"]

    assert [cron["name"] for cron in project["crons"]] == ["charge again", "charge early"]
    assert cli.run("inspect", "--unknown").out.splitlines()[0] == (
        "convex/old.ts:1:1: wiring: crons.ts and http.ts do not import it: what it registers does not run"
    )


def test_a_package_of_a_repository_is_read_with_those_around_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / ".git").mkdir()
    files = {
        "packages/api/package.json": "{}",
        "packages/api/convex/notes.ts": """\
import { v } from "convex/values";
import { KINDS } from "../../words/kinds";
import { query } from "./_generated/server";
export const list = query({
  args: { kind: v.union(...KINDS.map((kind) => v.literal(kind))) },
  returns: v.null(),
  handler: async () => null,
});
""",
        "packages/words/kinds.ts": 'export const KINDS = ["memo", "task"] as const;\n',
    }
    for path, text in files.items():
        (shop / path).parent.mkdir(parents=True, exist_ok=True)
        (shop / path).write_text(text, "utf-8")
    monkeypatch.chdir(shop / "packages" / "api")

    kinds = [{"type": "literal", "value": kind} for kind in ("memo", "task")]
    assert json.loads(cli.run("inspect", "--format", "function-spec").out)["functions"] == [
        {
            "args": {
                "type": "object",
                "value": {"kind": {"fieldType": {"type": "union", "value": kinds}, "optional": False}},
            },
            "functionType": "Query",
            "identifier": "notes.js:list",
            "returns": {"type": "null"},
            "visibility": {"kind": "public"},
        }
    ]


def test_no_project(tmp_path: Path) -> None:
    done = cli.run("inspect", tmp_path)

    assert done.code == 3
    assert "no folder with Convex functions was found" in done.err
