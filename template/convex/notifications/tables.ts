/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 *
 * Times are milliseconds since 1970, as `Date.now()` gives them.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

/** What has become of the message. In the inbox it is from the beginning. */
export const delivery = v.union(
  /** There is nowhere to send it: no service is set up, or the person has no address. */
  v.object({ kind: v.literal("inboxOnly") }),
  v.object({ kind: v.literal("queued"), queuedAt: v.number() }),
  /** `messageId` is the service's name for it. */
  v.object({ kind: v.literal("sent"), sentAt: v.number(), messageId: v.string() }),
  /** The service refused it, or failed for too long. An administrator may send it again. */
  v.object({ kind: v.literal("undelivered"), gaveUpAt: v.number() }),
);

export const deliveryKind = v.union(
  v.literal("inboxOnly"),
  v.literal("queued"),
  v.literal("sent"),
  v.literal("undelivered"),
);

export const notificationTables = {
  /**
   * One row for each thing that somebody is told.
   *
   * Written by: notifications/model.ts: notify, for whoever has something to tell;
   * notifications/public:markRead (the owner); notifications/internal; notifications/admin:resend.
   * Read by: notifications/public (the owner), notifications/admin, the same internals.
   * Deleted by: nobody. Write that function before the first person asks to be forgotten.
   */
  notifications: defineTable({
    ownerId: v.id("users"),
    /** What it is about, so that nobody is told twice: "payment/<id>/provisioned". */
    key: v.string(),
    title: v.string(),
    body: v.string(),
    /** Missing until the owner has read it. */
    readAt: v.optional(v.number()),
    delivery,
  })
    // Read by model.ts: listOf, for notifications/public:list.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: notify.
    .index("by_key_and_ownerId", ["key", "ownerId"])
    // Read by model.ts: listByDelivery, for notifications/admin:listByDelivery.
    .index("by_delivery_kind", ["delivery.kind"]),
};
