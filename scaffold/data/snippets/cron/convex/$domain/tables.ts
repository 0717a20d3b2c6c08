/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const $tables = {
  $table: defineTable({
    /** When $name came by, in milliseconds since 1970; absent until then. */
    $nameAt: v.optional(v.number()),
  })
    // Read by model.ts: $name.
    .index("by_$nameAt", ["$nameAt"]),
};
