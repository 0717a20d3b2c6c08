import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ sent: defineTable({ to: v.string() }) });
