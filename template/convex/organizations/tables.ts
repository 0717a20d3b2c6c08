/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

/** What each may do is in access.ts. */
export const memberRole = v.union(v.literal("member"), v.literal("admin"), v.literal("owner"));

/** Nobody becomes an owner by a code that may fall into other hands. */
export const invitedRole = v.union(v.literal("member"), v.literal("admin"));

export const organizationTables = {
  /**
   * Groups of people who work on the same things.
   *
   * Written by: organizations/public:create.
   * Read by: organizations/public.
   * Deleted by: nobody. Write that function before the first customer leaves: it must take along
   * all that belongs to the organization, in batches.
   */
  organizations: defineTable({
    name: v.string(),
    createdBy: v.id("users"),
    /** Chosen by the client for each new organization, so that a repeated request is recognised. */
    requestId: v.string(),
  })
    // Read by model.ts: create.
    .index("by_requestId_and_createdBy", ["requestId", "createdBy"]),

  /**
   * Who belongs to which organization, and as what. There is always an owner: owners neither leave
   * nor change their own role.
   *
   * Written by: organizations/public:create, join and setRole.
   * Read by: access.ts for every call on behalf of an organization, organizations/public.
   * Deleted by: organizations/public:removeMember.
   */
  memberships: defineTable({
    organizationId: v.id("organizations"),
    userId: v.id("users"),
    role: memberRole,
  })
    // Read by access.ts: findMembership. Read by model.ts: listOf.
    .index("by_userId_and_organizationId", ["userId", "organizationId"])
    // Read by model.ts: members.
    .index("by_organizationId", ["organizationId"]),

  /**
   * Codes that let their bearer into an organization, once.
   *
   * Written by: organizations/public:invite, and join, which marks them used.
   * Read by: organizations/public:join.
   * Deleted by: organizations/public:invite, after they have expired.
   */
  invitations: defineTable({
    organizationId: v.id("organizations"),
    role: invitedRole,
    /** SHA-256 of the code: who can read this table cannot join with it. */
    codeHash: v.string(),
    /** Milliseconds since 1970. */
    expiresAt: v.number(),
    /** Whoever joined with it: their repeated request is no second use. */
    usedBy: v.optional(v.id("users")),
  })
    // Read by model.ts: join.
    .index("by_codeHash", ["codeHash"])
    // Read by model.ts: dropExpired.
    .index("by_organizationId_and_expiresAt", ["organizationId", "expiresAt"]),
};
