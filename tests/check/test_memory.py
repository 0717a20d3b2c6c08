"""A change in one file changes what is said of others, also where what was said of them is remembered.

Each case names the findings before and after, and the edit between them: all in files that the finding's own
module reaches in a different way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from support import projects

from scaffold.check import engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.core.findings import Blind, Report
    from scaffold.model.project import Project


@dataclass(frozen=True)
class Edit:
    """Files, those that change ("" takes one away), and what a rule says before and after."""

    code: str
    files: Mapping[str, str]
    changed: Mapping[str, str]
    before: tuple[str, ...]
    after: tuple[str, ...]


SCHEMA = """
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  notes: defineTable({ owner: v.string() }).index("by_owner", ["owner"]),
});
"""
READS_INDEX = """
import { internalQuery } from "./_generated/server";
export const mine = internalQuery({
  args: {},
  handler: async (ctx) =>
    await ctx.db.query("notes").withIndex("by_owner", (q) => q.eq("owner", "a")).first(),
});
"""
CALLS_HELPER = """
import { internalQuery } from "./_generated/server";
import { stamp } from "./time";
export const now = internalQuery({ args: {}, handler: async () => stamp() });
"""
CALLS_THROUGH_BARREL = CALLS_HELPER.replace("./time", "./all")
CALLS_BY_ALIAS = CALLS_HELPER.replace("./time", "@/time")
PURE = "export const stamp = () => 1;\n"
CLOCK = "export const stamp = () => Date.now();\n"
SENDS = """
import { internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";
export const send = internalMutation({
  args: {},
  handler: async (ctx) => { await ctx.scheduler.runAfter(0, internal.work.deliver, {}); },
});
"""
SENDS_THROUGH_HELPER = SENDS.replace(
    'import { internal } from "./_generated/api";', 'import { all } from "./addresses";'
).replace("internal.work", "all.work")
ADDRESSES = 'import { internal } from "./_generated/api";\nexport const all = internal;\n'
DELIVERS = """
import { internalAction } from "./_generated/server";
export const deliver = internalAction({ args: {}, handler: async () => { await fetch("https://a.dev"); } });
"""
RECORDS = DELIVERS.replace("internalAction", "internalMutation").replace('await fetch("https://a.dev");', "")
PUBLIC = """
import { query } from "./_generated/server";
export const open = query({ args: {}, handler: async () => 1 });
"""
ASKS = """
import { internal, api } from "./_generated/api";
import { internalAction } from "./_generated/server";
export const ask = internalAction({
  args: {},
  handler: async (ctx) => await ctx.runQuery(api.open.open, {}),
});
"""
CLIENT = """
import { api } from "../convex/_generated/api";
export const use = () => useQuery(api.open.open);
"""
OTHER_CLIENT = CLIENT.replace("api.open.open", "api.b.c")
SHARED = """
import { internal } from "./_generated/api";
import type { ActionCtx } from "./_generated/server";
export async function both(ctx: ActionCtx) {
  return await ctx.runQuery(internal.one.first, {});
}
"""
FIRST = """
import { internalQuery, internalMutation } from "./_generated/server";
import { both } from "./shared";
export const first = internalQuery({ args: {}, handler: async () => 1 });
export const change = internalMutation({ args: {}, handler: async (ctx) => await both(ctx) });
"""
ACTS = """
import { internalAction } from "./_generated/server";
import { both } from "./shared";
export const act = internalAction({ args: {}, handler: async (ctx) => await both(ctx) });
"""
IDLE = 'import { internalAction } from "./_generated/server";\nexport const idle = 1;\n'
STRAY = """
import type { QueryCtx } from "./_generated/server";
export async function all(ctx: QueryCtx) {
  return await ctx.db.query("notes").collect();
}
"""
ENTERS = """
import { query } from "./_generated/server";
import { all } from "./stray";
export const list = query({ args: {}, handler: async (ctx) => await all(ctx) });
"""
TSCONFIG = '{ "compilerOptions": { "paths": { "@/*": ["./%s/*"] } } }\n'

EDITS = {
    "a helper that is imported": Edit(
        "CX302",
        {"convex/a.ts": CALLS_HELPER, "convex/time.ts": PURE},
        {"convex/time.ts": CLOCK},
        (),
        ("convex/time.ts:1",),
    ),
    "a helper behind a barrel": Edit(
        "CX302",
        {
            "convex/a.ts": CALLS_THROUGH_BARREL,
            "convex/all.ts": 'export * from "./time";\n',
            "convex/time.ts": CLOCK,
        },
        {"convex/time.ts": PURE},
        ("convex/time.ts:1",),
        (),
    ),
    "another file behind the same specifier": Edit(
        "CX302",
        {
            "convex/a.ts": CALLS_BY_ALIAS,
            "tsconfig.json": TSCONFIG % "pure",
            "pure/time.ts": PURE,
            "clock/time.ts": CLOCK,
        },
        {"tsconfig.json": TSCONFIG % "clock"},
        (),
        ("clock/time.ts:1",),
    ),
    "a file that was not there": Edit(
        "CX302", {"convex/a.ts": CALLS_HELPER}, {"convex/time.ts": CLOCK}, (), ("convex/time.ts:1",)
    ),
    "the schema": Edit(
        "CX205",
        {"convex/a.ts": READS_INDEX, "convex/schema.ts": SCHEMA},
        {"convex/schema.ts": SCHEMA.replace('.index("by_owner", ["owner"])', "")},
        (),
        ("convex/a.ts:6",),
    ),
    "a function that is called by its address": Edit(
        "CX402",
        {"convex/a.ts": SENDS, "convex/work.ts": DELIVERS},
        {"convex/work.ts": RECORDS},
        ("convex/a.ts:6",),
        (),
    ),
    "a function whose address comes through a helper": Edit(
        "CX402",
        {"convex/a.ts": SENDS_THROUGH_HELPER, "convex/addresses.ts": ADDRESSES, "convex/work.ts": RECORDS},
        {"convex/work.ts": DELIVERS},
        (),
        ("convex/a.ts:6",),
    ),
    "a client that calls a function": Edit(
        "CX116",
        {"convex/open.ts": PUBLIC, "convex/ask.ts": ASKS, "src/app.tsx": OTHER_CLIENT},
        {"src/app.tsx": CLIENT},
        ("convex/open.ts:3",),
        (),
    ),
    "a caller of what others call too": Edit(
        "CX109",
        {"convex/one.ts": FIRST, "convex/two.ts": IDLE, "convex/shared.ts": SHARED},
        {"convex/two.ts": ACTS},
        ("convex/shared.ts:5",),
        (),
    ),
    "a caller that is gone": Edit(
        "CX109",
        {"convex/one.ts": FIRST, "convex/two.ts": ACTS, "convex/shared.ts": SHARED},
        {"convex/two.ts": ""},
        (),
        ("convex/shared.ts:5",),
    ),
    "a function that comes to a stray": Edit(
        "CX501",
        {"convex/schema.ts": SCHEMA, "convex/stray.ts": STRAY, "convex/b.ts": IDLE},
        {"convex/b.ts": ENTERS},
        (),
        ("convex/b.ts:4",),
    ),
    "the configuration": Edit(
        "CX501",
        {"convex/schema.ts": SCHEMA, "convex/stray.ts": STRAY, "convex/b.ts": ENTERS},
        {"scaffold.toml": 'access-checks = ["all"]\n'},
        ("convex/b.ts:4",),
        (),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_change_elsewhere(name: str, tmp_path: Path) -> None:
    edit, root, cache = EDITS[name], tmp_path / "project", tmp_path / "cache"
    _write(root, {"package.json": '{ "dependencies": { "convex": "1.48.0" } }\n', **edit.files})
    assert _said(_report(root, cache), edit.code) == edit.before

    _write(root, edit.changed)
    warm = _report(root, cache)

    assert _said(warm, edit.code) == edit.after
    assert warm == _report(root, None)


def test_only_what_a_change_touches_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, cache = tmp_path / "project", tmp_path / "cache"
    edit = EDITS["a helper that is imported"]
    _write(root, {**edit.files, "convex/b.ts": PUBLIC, "convex/schema.ts": SCHEMA})
    _report(root, cache)
    asked: list[list[str]] = []

    def noting(project: Project, **_: bool) -> list[Blind]:
        asked.append([module.name for module in project.view.modules])
        return []

    monkeypatch.setattr(engine, "unknowns", noting)
    _report(root, cache)
    assert asked == []
    _write(root, edit.changed)
    _report(root, cache)
    assert asked == [["a"], ["time"]]


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text) if text else (root / path).unlink()


def _report(root: Path, cache: Path | None) -> Report:
    return replace(projects.check(root, cache).report, seconds=0)


def _said(report: Report, code: str) -> tuple[str, ...]:
    found = (each.place for each in report.findings if each.code == code)
    return tuple(f"{place.path}:{place.line}" for place in found)
