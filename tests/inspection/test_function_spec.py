"""The function-spec without a deployment, against what the running code says of itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scaffold.core import node
from scaffold.inspection.function_spec import function_spec
from scaffold.model.load import load

_ROOT = Path(__file__).parents[2]

# Every validator there is, through a variable, a spread, helpers and a method.
_ALL = """\
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { internalAction, mutation, query } from "./_generated/server";

const shared = { id: v.id("users"), count: v.optional(v.number()), at: v.commitTs() };
const item = v.object({ ...shared, big: v.int64(), raw: v.bytes(), on: v.boolean(), text: v.string() });

const context = v.string();
const pair = <A, B>(context: A, other: B) => ({ context, other, kept: outer });
const outer = v.object({ context });
const twice = <T>(other: T) => pair(v.array(other), other);

export const page = query({
  args: {
    paginationOpts: paginationOptsValidator,
    only: v.optional(v.array(v.union(v.literal("a"), v.literal(2)))),
  },
  returns: paginationResultValidator(item),
  handler: async () => null as never,
});
export const change = mutation({
  args: item.omit("raw", "big").partial().fields,
  returns: v.union(v.null(), item.pick("id").extend({ extra: v.record(v.string(), v.float64()) })),
  handler: async () => null,
});
export const made = mutation({
  args: twice(v.union(v.literal(-3), v.literal(1n), v.literal(-9_223_372_036_854_775_808n))),
  returns: v.nullable(item),
  handler: async () => null,
});
export const untyped = internalAction({ handler: async () => undefined });
export const anything = query({ args: { it: v.any() }, handler: async () => null });
"""

# Members of unions that a list brings, in the ways in which lists are written down.
_LISTS = """\
import { v } from "convex/values";
import { query } from "./_generated/server";
import { PLANS, Role } from "./plans";

const STATES = ["open", "done"] as const;
const ALL = [...STATES, ...["late"]] as const;
const LABELS = { low: "Low", high: "High" } as const;
const ROWS = [{ id: "first", shapes: ["a"] }, { id: "second", shapes: ["b", "c"] }] as const;
const states = STATES.map((state) => v.literal(state));
const oneOf = <T extends string>(...values: T[]) => v.union(...values.map((value) => v.literal(value)));
const among = <T extends string>(values: readonly T[]) => v.union(...values.map((each) => v.literal(each)));
const most = <T extends string>(values: readonly T[]) => {
  if (values.length === 0) throw new Error("none");
  if (values.length === 1) {
    return v.literal(values[0]);
  }
  const members = values.map((value) => v.literal(value));
  return v.union(...members);
};
const ref = (table: "users" | "tasks") => v.id(table);

export const listed = query({
  args: {
    mapped: v.union(...STATES.map((state) => v.literal(state))),
    handed: v.union(...PLANS.map(v.literal)),
    beside: v.union(v.null(), ...states),
    joined: v.union(...ALL.map((each) => v.object({ kind: v.literal(each) }))),
    keys: v.union(...(Object.keys(LABELS) as "low"[]).map((key) => v.literal(key))),
    values: v.union(...Object.values(Role).map((role) => v.literal(role))),
    entries: v.union(...Object.entries(LABELS).map(([key]) => v.literal(key))),
    parts: v.union(...ROWS.map(({ id }) => v.literal(id))),
    ways: v.union(...ROWS.map((row) => v.literal(row.id))),
    rest: oneOf("x", "y"),
    given: among(STATES),
    several: most(STATES),
    table: ref("users"),
  },
  handler: async () => null,
});
"""
_PLANS = """\
export const PLANS = ["free", "team"] as const;
export enum Role {
  Admin = "admin",
  Guest = "guest",
}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "extra",
    [{}, {"all.ts": _ALL}, {"lists.ts": _LISTS, "plans.ts": _PLANS}],
    ids=["the template", "every validator", "lists of validators"],
)
def test_equals_what_the_code_says_of_itself(tmp_path: Path, extra: dict[str, str]) -> None:
    shutil.copytree(_ROOT / "template" / "convex", tmp_path / "convex")
    (tmp_path / "node_modules").symlink_to(_ROOT / "node_modules")
    for name, text in extra.items():
        (tmp_path / "convex" / name).write_text(text, "utf-8")
    (project,) = load(tmp_path).projects
    spec = function_spec(project)
    modules = sorted({f"{function.module.path.removeprefix('convex/')}" for function in project.functions})

    assert [each for each in spec["functions"] if "identifier" in each] == _told(tmp_path, modules)


def test_lists_routes_as_the_command_does(tmp_path: Path) -> None:
    (tmp_path / "convex").mkdir()
    (tmp_path / "convex" / "http.ts").write_text(
        """\
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";
const http = httpRouter();
http.route({ path: "/a", method: "GET", handler: httpAction(async () => new Response()) });
http.route({ pathPrefix: "/b/", method: "POST", handler: httpAction(async () => new Response()) });
export default http;
""",
        "utf-8",
    )
    (project,) = load(tmp_path).projects

    assert function_spec(project) == {
        "url": None,
        "functions": [
            {"functionType": "HttpAction", "method": "GET", "path": "/a"},
            {"functionType": "HttpAction", "method": "POST", "path": "/b/*"},
        ],
    }


def _told(project: Path, modules: list[str]) -> list[dict[str, Any]]:
    script = project / "spec.mjs"
    shutil.copy(Path(__file__).with_name("spec.mjs"), script)
    done = subprocess.run(
        ["node", script, project, *modules],
        capture_output=True,
        text=True,
        check=False,
        env=node.find().environment(),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]
