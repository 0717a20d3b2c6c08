import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  books: defineTable({ owner: v.string(), title: v.string(), state: v.string() }).index("by_owner", ["owner"]),
});
