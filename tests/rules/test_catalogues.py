"""Lists of the project's own, in its code or kept by hand: reading them whole is no matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import projects

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  plans: defineTable({ name: v.string(), price: v.number(), stripePriceId: v.string() }),
  levels: defineTable({ from: v.number(), name: v.string() }),
  heroes: defineTable({ name: v.string(), picture: v.optional(v.id("_storage")) }),
  badges: defineTable({ name: v.string(), createdAt: v.number() }),
  costs: defineTable({ name: v.string(), amount: v.number() }),
  shows: defineTable({ name: v.string() }),
  awards: defineTable({ user: v.id("users"), name: v.string() }),
  streaks: defineTable({ userId: v.string(), name: v.string() }),
  visits: defineTable({ name: v.string(), visitedAt: v.number() }),
  parts: defineTable({ name: v.string(), vector: v.array(v.number()) })
    .vectorIndex("near", { vectorField: "vector", dimensions: 2 }),
  empty: defineTable({}),
  settings: defineTable({ key: v.string(), value: v.any(), name: v.optional(v.string()) }),
  answers: defineTable({ key: v.string(), value: v.any(), name: v.string(), expiresAt: v.number() }),
  wishes: defineTable({ key: v.string(), value: v.any(), name: v.string(), userId: v.id("users") }),
  users: defineTable({ name: v.string(), email: v.string() }),
  starterPosts: defineTable({ name: v.string() }),
  products: defineTable({ name: v.string() }),
});
"""
DEFAULTS = """\
import { v } from "convex/values";
import { internalMutation, mutation } from "./_generated/server";
const levels = [{ from: 0, name: "New" }, { from: 100, name: "Old" }];
export const PLANS = { free: { name: "Free", price: 0 } };
export const seedAll = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const level of levels) await ctx.db.insert("levels", level);
    await Promise.all(Object.values(PLANS).map((plan) => ctx.db.insert("plans", { ...plan })));
    for (const name of ["first", "tenth"] as const) await ctx.db.insert("badges", { name, createdAt: 0 });
    for (const name of ["rent", "food"]) await ctx.db.insert("costs", { name, amount: 0 });
    for (const name of ["a", "b"]) await ctx.db.insert("streaks", { userId: "", name });
    for (const name of ["Hello"]) await ctx.db.insert("starterPosts", { name });
    for (const user of await ctx.db.query("users").take(9)) {
      for (const name of ["first", "tenth"]) await ctx.db.insert("awards", { user: user._id, name });
    }
  },
});
export const seedDemo = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const name of ["One", "Two"]) await ctx.db.insert("shows", { name });
  },
});
export const upsertPlan = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("plans", { name, price: 1, stripePriceId: "" });
  },
});
export const set = mutation({
  args: { key: v.string(), value: v.any() },
  handler: async (ctx, args) => {
    await ctx.db.insert("settings", args);
    await ctx.db.insert("answers", args);
    await ctx.db.insert("wishes", args);
  },
});
export const addCost = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("costs", { name, amount: 1 });
  },
});
"""
# %s is the table, and what is done with it.
USE = """\
import { internalMutation, query } from "./_generated/server";
export const use = %s({
  args: {},
  handler: async (ctx) => {
    %s
  },
});
"""
USES = {
    "CX201": ("query", 'return await ctx.db.query("%s").filter((q) => q.eq(q.field("name"), "a")).first();'),
    "CX202": ("query", 'return await ctx.db.query("%s").collect();'),
    "CX203": ("query", 'return (await ctx.db.query("%s").collect()).filter((each) => each.name === "a");'),
    "CX207": ("query", 'return await ctx.db.query("%s").filter((q) => q.eq(q.field("name"), "a")).first();'),
    "CX308": (
        "internalMutation",
        'for (const each of await ctx.db.query("%s").collect()) await ctx.db.delete(each._id);',
    ),
}
TABLES = {
    "plans": "medium",  # put in place, and edited
    "levels": "medium",
    "heroes": "medium",  # nobody adds any
    "badges": "medium",
    "costs": "high",  # some are added
    "shows": "high",  # of a demo
    "awards": "high",  # of a user
    "streaks": "high",
    "visits": "high",  # nobody adds any here, but they follow a clock
    "parts": "high",  # they are searched
    "empty": "high",
    "settings": "medium",
    "answers": "high",
    "wishes": "high",
    "users": "high",
    "starterPosts": "high",  # there is more of that every day, whatever is in the code
    "products": "high",  # nobody adds any yet
}


def confidences(root: Path, code: str, table: str, others: dict[str, str]) -> set[str]:
    """How sure a rule is of what is done with a table."""
    kind, deed = USES[code]
    files = {"convex/schema.ts": SCHEMA, "convex/use.ts": USE % (kind, deed % table)} | others
    found = projects.findings(projects.lay(root, files), code)
    return {str(finding.confidence) for finding in found}


@pytest.mark.parametrize("code", USES)
@pytest.mark.parametrize("table", ["levels", "awards"])
def test_every_rule_about_whole_tables(code: str, table: str, tmp_path: Path) -> None:
    found = confidences(tmp_path, code, table, {"convex/defaults.ts": DEFAULTS})
    assert found == {TABLES[table]}


@pytest.mark.parametrize("code", ["CX202", "CX308"])
def test_what_is_cleaned_up_grows(code: str, tmp_path: Path) -> None:
    kind, deed = USES[code]
    cleaning = (USE % (kind, deed % "settings")).replace("const use", "const cleanUpOld")
    files = {"convex/schema.ts": SCHEMA, "convex/use.ts": cleaning, "convex/defaults.ts": DEFAULTS}
    found = projects.findings(projects.lay(tmp_path, files), code)
    assert {str(finding.confidence) for finding in found} == {"high"}


def test_little_code_does_not_tell_that_nobody_adds_any(tmp_path: Path) -> None:
    first = DEFAULTS.partition("export const seedDemo")[0]
    assert confidences(tmp_path, "CX201", "heroes", {"convex/defaults.ts": first}) == {"high"}


@pytest.mark.parametrize(("table", "confidence"), TABLES.items())
def test_whose_rows_are_a_list(table: str, confidence: str, tmp_path: Path) -> None:
    found = confidences(tmp_path, "CX201", table, {"convex/defaults.ts": DEFAULTS})
    assert found == {confidence}


@pytest.mark.parametrize(
    ("more", "table", "confidence"),
    [
        ({}, "heroes", "high"),  # no code in view inserts anything
        ({"convex/defaults.test.ts": DEFAULTS}, "levels", "high"),
        ({"convex/any.ts": "export const add = (db, table) => db.insert(table, {});\n"}, "levels", "medium"),
        ({"convex/any.ts": "export const add = (db, table) => db.insert(table, {});\n"}, "heroes", "high"),
        ({"convex/any.ts": "export const add = (ctx, row) => rows.insert(ctx, row);\n"}, "heroes", "medium"),
    ],
)
def test_what_else_is_in_view(more: dict[str, str], table: str, confidence: str, tmp_path: Path) -> None:
    defaults = {"convex/defaults.ts": DEFAULTS} if "convex/any.ts" in more else {}
    assert confidences(tmp_path, "CX201", table, defaults | more) == {confidence}
