"""Whom functions turn away, told from the condition under which they throw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import tree

from scaffold.lifecycle.stubs import access
from scaffold.model.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.model.function import Function

_ASK = "const identity = await ctx.auth.getUserIdentity();"
_LIMIT = 'limits.limit(ctx, "ask", { key: identity?.subject || args.code })'
_USER = f"""{_ASK}
    if (identity === null) throw new Error("signed out");
    const users = ctx.db.query("users");
    const user = await users.withIndex("by_token", (q) => q.eq("token", identity.subject)).unique();
    const note = await ctx.db.get(args.noteId);"""


def function(folder: Path, body: str) -> Function:
    text = f"""\
import {{ v }} from "convex/values";
import {{ query }} from "./_generated/server";
import {{ RateLimiter }} from "@convex-dev/rate-limiter";
import {{ components }} from "./_generated/api";
const limits = new RateLimiter(components.rateLimiter, {{}});
export const one = query({{
  args: {{ noteId: v.id("notes"), code: v.string() }},
  handler: async (ctx, args) => {{
    {body}
    return null;
  }},
}});
"""
    schema = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  users: defineTable({ token: v.string(), role: v.string() }).index("by_token", ["token"]),
  notes: defineTable({ ownerId: v.id("users"), author: v.string() }),
});
"""
    tree.write(folder, {"package.json": "{}", "convex/one.ts": text, "convex/schema.ts": schema})
    (project,) = load(folder).projects
    return project.functions[0]


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        (f'{_ASK} if (identity === null) throw new Error("no");', True),
        (f"{_ASK} if (!identity) return null;", True),
        (f"{_ASK} if (!identity) return;", True),
        (f"{_ASK} if (identity == null || args.code === '') return [];", True),
        (f"{_ASK} if (identity === null) return 'guest';", False),
        (f"{_ASK} if (identity) return null;", False),
        (f'{_ASK} if (identity !== null) throw new Error("signed in");', False),
        (f"{_ASK} if (identity && args.code === identity.subject) throw new Error();", False),
        (f"{_ASK} if (!identity && args.code === '') throw new Error();", True),
        # what a package makes of the caller, and of more, cannot be told
        (f"{_ASK} const {{ ok }} = await {_LIMIT}; if (!ok) throw new Error();", False),
        (f"{_ASK} if (!(await {_LIMIT}).ok) throw new Error();", False),
        (f"{_ASK} const known = Boolean(identity); if (!known) throw new Error();", True),
        (f"{_ASK} const name = String(identity?.name).trim(); if (name === '') throw new Error();", True),
        (f'{_ASK} if (args.code === "") throw new Error("no code");', False),
        (f"{_ASK} console.log(identity);", False),
    ],
)
def test_who_has_not_signed_in(body: str, *, needed: bool, tmp_path: Path) -> None:
    assert access.needs_identity(function(tmp_path, body)) is needed


@pytest.mark.parametrize(
    ("test", "role"),
    [
        ('user?.role !== "admin"', "admin"),
        ('user === null || user.role !== "editor"', "editor"),
        ('RANKS.indexOf(user?.role) < RANKS.indexOf("editor")', "editor"),
        ('user?.role === "banned"', ""),
        ('user?.role !== "admin" && user?.role !== "owner"', ""),
        ('args.code !== "admin"', ""),
    ],
)
def test_who_lacks_a_role(test: str, role: str, tmp_path: Path) -> None:
    assert access.role(function(tmp_path, f'{_USER} if ({test}) throw new Error("no");')) == role


@pytest.mark.parametrize(
    ("test", "owned"),
    [
        ("note?.ownerId !== user?._id", ["noteId"]),
        ("note === null || note.author !== identity.subject", ["noteId"]),
        ("note === null", []),
        ("note?.author !== args.code", []),
    ],
)
def test_who_owns_nothing(test: str, owned: list[str], tmp_path: Path) -> None:
    found = access.owned(function(tmp_path, f'{_USER} if ({test}) throw new Error("no");'))
    assert [each.argument for each in found] == owned
