/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const $tables = {
  /**
   * What somebody owns: a title, to begin with.
   *
   * Written by: $domain/public:create$Item (the owner).
   * Read by: $domain/public (the owner).
   * Deleted by: nobody. Write that function before the first owner asks for it.
   */
  $table: defineTable({
    ownerId: v.id("users"),
    /** Chosen by the client for each new row, so that a repeated request is recognised. */
    requestId: v.string(),
    title: v.string(),
  })
    // Read by model.ts: list$Items.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: create$Item. Request first, or by_ownerId would be a prefix and one too many.
    .index("by_requestId_and_ownerId", ["requestId", "ownerId"]),
};
