"""Whether something tells that a table grows; where nothing does, its documents may be a short list."""

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
  programs: defineTable({ name: v.string(), createdAt: v.number(), createdBy: v.id("users") }),
  terms: defineTable({ name: v.string(), startDate: v.number(), endDate: v.number() })
    .index("by_start", ["startDate"]),
  modules: defineTable({ programId: v.id("programs"), title: v.string() }).index("by_program", ["programId"]),
  branches: defineTable({ name: v.string(), phone: v.string(), managerId: v.optional(v.id("users")) }),
  heroes: defineTable({ name: v.string(), pictureId: v.id("pictures") }),
  budgets: defineTable({ name: v.string(), importedAt: v.number() }),
  pictures: defineTable({ userId: v.id("users"), url: v.string() }),
  users: defineTable({ name: v.string(), role: v.string() }),
  shippers: defineTable({ name: v.string(), email: v.string() }).index("by_email", ["email"]),
  pupils: defineTable({ name: v.string(), clerkId: v.string() }),
  messages: defineTable({ text: v.string() }),
  streaks: defineTable({ userId: v.string(), days: v.number() }),
  halls: defineTable({ userId: v.id("users"), name: v.string() }),
  chairs: defineTable({ hallId: v.id("halls"), row: v.number() }),
  packs: defineTable({ name: v.string(), isActive: v.boolean(), createdAt: v.number() })
    .index("by_active", ["isActive", "createdAt"]),
  meals: defineTable({ name: v.string(), cookTime: v.number() }),
  boards: defineTable({ workspace: v.optional(v.string()), name: v.string() }),
  workspaces: defineTable({ name: v.string() }),
  claims: defineTable({ wallet: v.string(), claimedAt: v.number() }),
  codes: defineTable({ code: v.string(), expiresAt: v.number() }),
  wishes: defineTable({ text: v.string(), createdAt: v.number() }).index("by_created", ["createdAt"]),
  parts: defineTable({ text: v.string(), at: v.optional(v.string()) })
    .searchIndex("near", { searchField: "text" }),
  lessons: defineTable({ programId: v.id("programs"), title: v.string() })
    .index("by_program", ["programId"]),
  likes: defineTable({ programId: v.id("programs"), userId: v.id("users") })
    .index("by_program", ["programId"]),
  seats: defineTable({ programId: v.id("programs"), userId: v.id("users") })
    .index("by_program", ["programId"]),
  changelogs: defineTable({ version: v.string(), text: v.string() }),
  accessLogs: defineTable({ text: v.string() }),
  admins: defineTable({ name: v.string(), email: v.string(), lastLoginAt: v.number() })
    .index("by_email", ["email"]),
  moderators: defineTable({ workspaceId: v.string(), email: v.string() }).index("by_email", ["email"]),
  visits: defineTable({ programId: v.id("programs"), visitedAt: v.number() })
    .index("by_program", ["programId"]),
});
"""
SERVER = """\
import { v } from "convex/values";
import { internalMutation, mutation, query } from "./_generated/server";
"""
ALL = (
    SERVER
    + """\
export const all = query({ args: {}, handler: async (ctx) => ctx.db.query("%s").collect() });
"""
)
FEW = [
    "packs",
    "meals",
    "programs",
    "terms",
    "modules",
    "branches",
    "heroes",
    "budgets",
    "admins",
    "changelogs",
]
MANY = [
    "moderators",
    "accessLogs",
    "pictures",
    "users",
    "shippers",
    "pupils",
    "messages",
    "streaks",
    "halls",
    "chairs",
    "boards",
    "workspaces",
    "claims",
    "codes",
    "wishes",
    "parts",
]


def confidences(root: Path, code: str, text: str, schema: str = SCHEMA) -> list[str]:
    """How sure a rule is of what it finds in one file."""
    root = projects.lay(root, {"convex/schema.ts": schema, "convex/a.ts": text})
    return [str(finding.confidence) for finding in projects.findings(root, code)]


@pytest.mark.parametrize(
    ("table", "confidence"), [*((each, "medium") for each in FEW), *((each, "high") for each in MANY)]
)
def test_whole_tables(table: str, confidence: str, tmp_path: Path) -> None:
    assert confidences(tmp_path, "CX202", ALL % table) == [confidence]


@pytest.mark.parametrize(
    ("table", "confidence"), [("orders", "high"), ("students", "high"), ("colors", "medium")]
)
def test_a_table_that_no_schema_has(table: str, confidence: str, tmp_path: Path) -> None:
    assert confidences(tmp_path, "CX202", ALL % table) == [confidence]


@pytest.mark.parametrize(
    ("fields", "others", "confidence"),
    [
        ('role: v.union(v.literal("admin"), v.literal("cashier"))', "", "medium"),
        ("role: v.string(), permissions: v.array(v.string())", "", "medium"),
        ('role: v.union(v.literal("admin"), v.literal("reader"))', "", "high"),
        ("role: v.string()", "", "high"),
        (
            'role: v.union(v.literal("admin"), v.literal("cashier"))',
            "tenants: defineTable({ name: v.string() }),",
            "high",
        ),
    ],
)
def test_those_who_run_a_place(fields: str, others: str, confidence: str, tmp_path: Path) -> None:
    schema = SCHEMA.replace("workspaces: defineTable({ name: v.string() }),", others)
    schema = schema.replace("name: v.string(), role: v.string()", f"name: v.string(), {fields}")
    assert confidences(tmp_path, "CX202", ALL % "users", schema) == [confidence]


@pytest.mark.parametrize(
    ("code", "confidence"),
    [
        ("const rest = rows.slice(30);\n    for (const row of rest) await ctx.db.delete(row._id);", "medium"),
        (
            "const rest = rows.slice(0, 30);\n    for (const row of rest) await ctx.db.patch(row._id, {});",
            "high",
        ),
    ],
)
def test_all_but_the_newest_few_are_deleted(code: str, confidence: str, tmp_path: Path) -> None:
    text = (
        SERVER
        + f"""\
export const add = internalMutation({{
  args: {{}},
  handler: async (ctx) => {{
    await ctx.db.insert("claims", {{ wallet: "", claimedAt: 0 }});
    const rows = await ctx.db.query("claims").order("desc").collect();
    {code}
  }},
}});
"""
    )
    assert confidences(tmp_path, "CX202", text) == [confidence]


@pytest.mark.parametrize(
    ("name", "confidence"),
    [("seedAll", "medium"), ("e2eReset", "medium"), ("nukeAll", "high"), ("exceed", "high")],
)
def test_what_fills_a_project_to_try_it(name: str, confidence: str, tmp_path: Path) -> None:
    text = (
        SERVER
        + f"""\
export const {name} = internalMutation({{
  args: {{}},
  handler: async (ctx) => {{
    for (const row of await ctx.db.query("messages").collect()) await ctx.db.delete(row._id);
  }},
}});
"""
    )
    for code in ("CX202", "CX308"):
        assert confidences(tmp_path / code, code, text) == [confidence]


@pytest.mark.parametrize(
    ("table", "test", "confidence"),
    [
        ("halls", 'each.name === "a"', "high"),
        ("programs", 'each.name === "a"', "medium"),
        ("modules", "each.programId === args.id", "high"),  # there are many, of which one is asked
        ("modules", 'each.title === "a"', "medium"),
        ("boards", 'each.status === "draft"', "high"),
        ("boards", 'each.status === "active"', "medium"),
        ("boards", 'each.name === "active"', "high"),
        ("boards", 'each.kind === "a"', "medium"),
        ("boards", "each.number === 1", "high"),
    ],
)
def test_what_is_kept_of_a_table(table: str, test: str, confidence: str, tmp_path: Path) -> None:
    schema = SCHEMA.replace(
        "workspace: v.optional(v.string()),",
        "workspace: v.optional(v.string()), status: v.string(), number: v.number(), "
        'kind: v.union(v.literal("a"), v.literal("b")),',
    )
    text = (
        SERVER
        + f"""\
export const some = query({{
  args: {{ id: v.id("programs") }},
  handler: async (ctx, args) => (await ctx.db.query("{table}").collect()).filter((each) => {test}),
}});
"""
    )
    for code in ("CX203", "CX207"):
        if (code, table, confidence) != ("CX207", "modules", "high"):  # an index starts with that
            assert confidences(tmp_path / code, code, text, schema) == [confidence]


COUNT = (
    SERVER
    + """\
export const count = query({
  args: { id: v.id("programs"), seats: v.number() },
  handler: async (ctx, args) => {
    const rows = await ctx.db.query("%s")%s.collect();
    %s
  },
});
"""
)
OF_ONE = '.withIndex("by_program", (q) => q.eq("programId", args.id))'


@pytest.mark.parametrize(
    ("table", "narrowed", "use", "confidence"),
    [
        ("lessons", OF_ONE, "return rows.length;", "medium"),
        ("seats", OF_ONE, "return rows.length;", "medium"),
        ("likes", OF_ONE, "return rows.length;", "high"),
        ("visits", OF_ONE, "return rows.length;", "high"),
        ("seats", OF_ONE, "return rows.length > 0;", "high"),
        ("seats", OF_ONE, "if (rows.length >= 3) throw new Error();", "high"),
        ("likes", OF_ONE, "if (rows.length >= args.seats) throw new Error();", "medium"),
        ("likes", OF_ONE, "return rows.length >= args.seats;", "high"),
        ("programs", "", "return rows.length;", "medium"),
        ("seats", "", "return rows.length;", "high"),
        ("likes", OF_ONE, "return rows.length; // collect() is safe: there are few", "high"),
    ],
)
def test_counts(table: str, narrowed: str, use: str, confidence: str, tmp_path: Path) -> None:
    assert confidences(tmp_path, "CX210", COUNT % (table, narrowed, use)) == [confidence]


def test_a_count_that_is_said_to_be_of_few(tmp_path: Path) -> None:
    text = (COUNT % ("likes", OF_ONE, "return rows.length;")).replace(
        "    const rows", "    // collect() is safe: those of one program\n    const rows"
    )
    assert confidences(tmp_path, "CX210", text) == ["medium"]
