"""The pages show what the command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import cli, tree

from scaffold.core.package import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

DOCS = PACKAGE.parent / "docs"

SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  messages: defineTable({ channel: v.id("channels"), author: v.string(), body: v.string() }),
  channels: defineTable({ name: v.string() }),
});
"""
MESSAGES = """\
import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const list = query({
  args: { channel: v.id("channels") },
  handler: async (ctx, { channel }) => {
    const all = await ctx.db.query("messages").collect();
    return all.filter((message) => message.channel === channel);
  },
});

export const send = mutation({
  args: { channel: v.id("channels"), body: v.string() },
  handler: async (ctx, { channel, body }) => {
    ctx.db.insert("messages", { channel, author: "?", body });
  },
});
"""


def example(page: str, command: str) -> str:
    """What a page says that a command prints."""
    text = (DOCS / page).read_text("utf-8").partition(f"$ convex-scaffold {command}\n")[2]
    assert text, f"{page} does not show {command}"
    return cli.scrub(text.partition("```")[0])


def test_the_page_of_check(folder: Path) -> None:
    tree.write(folder, {"package.json": "{}", "convex/schema.ts": SCHEMA, "convex/messages.ts": MESSAGES})

    assert cli.run("check", "--select", "CX203,CX301").out == example(
        "check.md", "check --select CX203,CX301"
    )


def test_the_page_of_the_configuration(folder: Path) -> None:
    tree.write(folder, {"scaffold.toml": 'profile = "recomended"\n'})

    assert cli.run("check").err == example("configuration.md", "check")
