import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  messages: defineTable({ author: v.string(), body: v.string() }).index("by_author", ["author"]),
  counters: defineTable({ name: v.string(), value: v.number() }),
  notes: defineTable({ text: v.string() }),
  places: defineTable({
    name: v.optional(v.string()),
    about: v.optional(
      v.object({ text: v.union(v.string(), v.null()), embedding: v.optional(v.array(v.number())) }),
    ),
    embedding: v.optional(v.array(v.number())),
    open: v.boolean(),
  })
    .searchIndex("by_name", { searchField: "name", filterFields: ["open"] })
    .searchIndex("by_text", { searchField: "about.text" })
    .vectorIndex("by_embedding", { vectorField: "embedding", dimensions: 2, filterFields: ["open"] })
    .vectorIndex("by_text_embedding", { vectorField: "about.embedding", dimensions: 2 }),
  pictures: defineTable({ file: v.id("_storage") }),
});
