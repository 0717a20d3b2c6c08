import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  people: defineTable({ subject: v.string(), role: v.union(v.literal("reader"), v.literal("editor")) }).index(
    "by_subject",
    ["subject"],
  ),
  notes: defineTable({
    ownerId: v.id("people"),
    idempotencyKey: v.string(),
    text: v.string(),
    colour: v.optional(v.string()),
  })
    .index("by_owner", ["ownerId"])
    .index("by_key", ["idempotencyKey", "ownerId"]),
  drafts: defineTable({ author: v.string(), note: v.id("notes"), size: v.int64() }).index("by_author", ["author"]),
});
