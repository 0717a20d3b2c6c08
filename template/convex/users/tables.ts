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
   * Written by: users/public:store (the person), users/admin:setRole, users/internal:grantAdmin and
   * applyEvent (the provider's webhook).
   * Read by: lib/auth.ts for every signed-in call, users/*.
   * Deleted by: nobody, since other tables point here. users/internal:applyEvent takes what is
   * personal out of the row of somebody who has left.
   */
  users: defineTable({
    /** Issuer and subject of their token: who they are. Never leaves the backend. */
    tokenIdentifier: v.string(),
    role: userRole,
    /** Copies of token claims, to be shown and not to be trusted. */
    name: v.optional(v.string()),
    email: v.optional(v.string()),
    /** When the copies changed at the provider, if its webhook brought them. In ms since 1970. */
    syncedAt: v.optional(v.number()),
    /** Since then the account is closed: its tokens open nothing, and its copies are gone. */
    deletedAt: v.optional(v.number()),
  })
    // Read by lib/auth.ts: findRow, for findUser and users/model.ts.
    .index("by_tokenIdentifier", ["tokenIdentifier"]),
};
