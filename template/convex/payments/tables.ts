/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 *
 * Amounts are integers in the currency's minor unit (cents, pence): 0.1 has no exact binary form.
 * Times are milliseconds since 1970, as `Date.now()` gives them.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const currency = v.union(v.literal("EUR"), v.literal("GBP"), v.literal("USD"));

/** Why a person has to look. */
export const doubt = v.union(
  /** The provider could not be asked, or did not know, for too long. */
  v.literal("unknownOutcome"),
  /** The provider took another amount than we asked for. */
  v.literal("wrongAmount"),
  /** The provider took the money more than once. */
  v.literal("chargedTwice"),
  /** The money is there, and what was paid for could not be provided. */
  v.literal("notProvisioned"),
);

/** One member for each status, with what is known in that status and in no other. */
export const paymentState = v.union(
  /** Committed. The money may or may not have been taken; from `checkAt` on the provider is asked. */
  v.object({ kind: v.literal("charging"), checkAt: v.number() }),
  /** The money is there. Still without its goods at `checkAt`, it is given them again. */
  v.object({
    kind: v.literal("paid"),
    chargeId: v.string(),
    paidAt: v.number(),
    checkAt: v.number(),
  }),
  v.object({
    kind: v.literal("provisioned"),
    chargeId: v.string(),
    paidAt: v.number(),
    provisionedAt: v.number(),
  }),
  /** The provider said no: nothing was taken. */
  v.object({ kind: v.literal("declined"), declinedAt: v.number() }),
  /** All attempts failed, and the provider knows of no charge: nothing was taken. */
  v.object({ kind: v.literal("failed"), failedAt: v.number() }),
  /** All of it was given back. */
  v.object({ kind: v.literal("refunded"), chargeId: v.string(), refundedAt: v.number() }),
  /** Somebody has to look: payments/admin:listByState, then askAgain. */
  v.object({ kind: v.literal("review"), doubt, since: v.number() }),
);

export const paymentStateKind = v.union(
  v.literal("charging"),
  v.literal("paid"),
  v.literal("provisioned"),
  v.literal("declined"),
  v.literal("failed"),
  v.literal("refunded"),
  v.literal("review"),
);

/** What the provider knows of one charge: in its answers and in its webhooks. */
export const charge = v.object({
  chargeId: v.string(),
  /** Ours: the id of the payment. */
  reference: v.string(),
  status: v.union(v.literal("succeeded"), v.literal("pending"), v.literal("declined")),
  amount: v.number(),
  currency: v.string(),
  /** Of `amount`, all in all: it grows, and is never a difference. */
  refunded: v.number(),
});

export const paymentTables = {
  /**
   * One row for each intent to pay.
   *
   * Written by: payments/public:start (the owner), payments/internal, payments/admin:askAgain. Its
   * state is changed in payments/model.ts alone.
   * Read by: payments/public (the owner), payments/admin, payments/internal.
   * Deleted by: nobody. Payments are kept as a business record.
   */
  payments: defineTable({
    ownerId: v.id("users"),
    product: v.string(),
    currency,
    amount: v.number(),
    /** The provider's token for the means of payment, made by its own code in the browser. */
    method: v.string(),
    /** Given back so far. */
    refunded: v.number(),
    state: paymentState,
  })
    // Read by model.ts: listOf, for payments/public:list.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: listByState for payments/admin, hung for the cron.
    .index("by_state_kind_and_state_checkAt", ["state.kind", "state.checkAt"]),

  /**
   * One row for each payment that was provided for: what its owner may use.
   *
   * Written by: payments/internal:provision; revoked by a refund (payments/model.ts).
   * Read by: payments/public:listEntitlements (the owner), payments/model.ts.
   * Deleted by: nobody. A revoked one explains why somebody could use something once.
   */
  entitlements: defineTable({
    ownerId: v.id("users"),
    paymentId: v.id("payments"),
    product: v.string(),
    /** Missing as long as it holds. */
    revokedAt: v.optional(v.number()),
  })
    // Read by model.ts: entitlementsOf, for payments/public:listEntitlements.
    .index("by_ownerId", ["ownerId"])
    // Read by model.ts: entitlementOf, for provision and refunds.
    .index("by_paymentId", ["paymentId"]),
};
