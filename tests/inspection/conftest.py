"""A small shop to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "package.json": '{"dependencies": {"convex": "^1.48.0"}}',
    "convex/schema.ts": """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  orders: defineTable({ owner: v.id("users"), paid: v.boolean() }).index("by_owner", ["owner"]),
  users: defineTable({ name: v.string() }),
});
""",
    "convex/orders.ts": """\
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction, mutation, query } from "./_generated/server";

export const mine = query({
  args: { owner: v.id("users") },
  returns: v.any(),
  handler: async (ctx, args) =>
    await ctx.db.query("orders").withIndex("by_owner", (q) => q.eq("owner", args.owner)).take(10),
});
export const pay = mutation({
  args: { id: v.id("orders"), table: unreadable },
  handler: async (ctx, args) => {
    await ctx.db.patch(args.id, { paid: true });
    await ctx.scheduler.runAfter(0, internal.orders.charge, { id: args.id });
  },
});
export const charge = internalAction({
  args: { id: v.id("orders") },
  handler: async () => {
    await fetch("https://pay.example.com", { method: "POST" });
  },
});
""",
    "convex/crons.ts": """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
const crons = cronJobs();
crons.interval("charge again", { minutes: 10 }, internal.orders.charge);
export default crons;
""",
    "src/App.tsx": """\
import { useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
export const App = () => <p>{useQuery(api.orders.mine)}</p>;
""",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in _FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    return tmp_path
