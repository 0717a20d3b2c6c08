/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 *
 * Amounts are integers in the currency's minor unit (cents, pence): 0.1 has no exact binary form.
 * Times are milliseconds since 1970, as `Date.now()` gives them.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const currency = v.union(v.literal("EUR"), v.literal("GBP"), v.literal("USD"));

export const orderItem = v.object({
  sku: v.string(),
  quantity: v.number(),
  /** As it was when the order was placed. */
  unitPrice: v.number(),
});

/** One member for each status, with what is known in that status and in no other. */
export const orderState = v.union(
  v.object({ kind: v.literal("unpaid"), payBefore: v.number() }),
  v.object({ kind: v.literal("paid"), paidAt: v.number() }),
  v.object({ kind: v.literal("cancelled"), cancelledAt: v.number() }),
  v.object({ kind: v.literal("expired"), expiredAt: v.number() }),
);

export const stateKind = v.union(
  v.literal("unpaid"),
  v.literal("paid"),
  v.literal("cancelled"),
  v.literal("expired"),
);

/** In the currency of the order. */
export const shippingQuote = v.object({
  amount: v.number(),
  country: v.string(),
  quotedAt: v.number(),
});

export const orderTables = {
  /**
   * One row for each order.
   *
   * Written by: orders/public:place and cancel (the owner), orders/internal:markPaid, expireUnpaid
   * and recordQuote.
   * Read by: orders/public (the owner), orders/http (the owner), orders/admin, the same internals.
   * Deleted by: nobody. Orders are kept as a business record.
   */
  orders: defineTable({
    ownerId: v.id("users"),
    /** Chosen by the client for each new order, so that a repeated request is recognised. */
    requestId: v.string(),
    currency,
    /** At most MAX_ITEMS of them (model.ts). */
    items: v.array(orderItem),
    total: v.number(),
    state: orderState,
    shipping: v.optional(shippingQuote),
  })
    // Read by model.ts: listOf, for orders/public:list and orders/internal:newest.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: place. Request first, or by_ownerId would be a prefix and one too many.
    .index("by_requestId_and_ownerId", ["requestId", "ownerId"])
    // Read by model.ts: listByState for orders/admin:list, expireDue for the cron.
    .index("by_state_kind_and_state_payBefore", ["state.kind", "state.payBefore"]),
};
