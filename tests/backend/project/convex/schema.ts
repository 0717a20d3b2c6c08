import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  messages: defineTable({ author: v.string(), body: v.string() }).index("by_author", ["author"]),
  counters: defineTable({ name: v.string(), value: v.number() }),
  notes: defineTable({ text: v.string() }),
  pictures: defineTable({ file: v.id("_storage") }),
});
