/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";

export const $tables = {
  $table: defineTable({})
    // Read by model.ts: $name.
    .index("by_ownerId", ["ownerId"]),
};
