/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

/** What each may do is in lib/permissions.ts. */
export const userRole = v.union(v.literal("member"), v.literal("support"), v.literal("admin"));

export const userTables = {
  /**
   * Everybody who has signed in at least once.
   *
   * Written by: users/public:store (the person), users/admin:setRole, users/internal:grantAdmin.
   * Read by: lib/auth.ts for every signed-in call, users/*.
   * Deleted by: nobody. Write that function before the first person asks to be forgotten.
   */
  users: defineTable({
    /** Issuer and subject of their token: who they are. Never leaves the backend. */
    tokenIdentifier: v.string(),
    role: userRole,
    /** Copies of token claims, to be shown and not to be trusted. */
    name: v.optional(v.string()),
    email: v.optional(v.string()),
  })
    // Read by lib/auth.ts: findUser.
    .index("by_tokenIdentifier", ["tokenIdentifier"]),
};
