/**
 * The steps of a payment, which only this backend calls. Each may be repeated, and each may be the
 * last one for a while: the next one finds its way from what is in the database.
 *
 *     public:start ─> charge ─> record ─> provision ─> (notifications)
 *                     settle ─────┤
 *     webhook ─────> applyEvent ──┘
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, internalMutation, internalQuery } from "../lib/functions";
import { withIdempotencyKey } from "../reliability/idempotency";
import { onCompleteArgs } from "../reliability/retry";
import { reportOf } from "./charges";
import * as model from "./model";
import { charge as chargeFields, currency } from "./tables";
import * as upstream from "./upstream";

const one = { paymentId: v.id("payments") };

const report = v.union(
  chargeFields,
  v.object({ status: v.literal("absent") }),
  v.object({ status: v.literal("chargedTwice") }),
);

/**
 * One attempt to take the money. Retried: the provider knows the payment by its id, which is the
 * same in every attempt, and charges once.
 */
export const charge = internalAction({
  args: one,
  returns: v.null(),
  handler: async (ctx, { paymentId }): Promise<null> => {
    const { wanted, record } = internal.payments.internal;
    const asked = await ctx.runQuery(wanted, { paymentId });
    if (asked === null) return null;
    const made = await upstream.charge(asked);
    await ctx.runMutation(record, { paymentId, report: made });
    return null;
  },
});

/** Asks the provider what became of a payment, and charges nothing. */
export const settle = internalAction({
  args: one,
  returns: v.null(),
  handler: async (ctx, { paymentId }): Promise<null> => {
    const charges = await upstream.chargesOf(paymentId);
    const { record } = internal.payments.internal;
    await ctx.runMutation(record, { paymentId, report: reportOf(charges) });
    return null;
  },
});

/** What the provider has to know, or null if there is nothing to charge any more. */
export const wanted = internalQuery({
  args: one,
  returns: v.nullable(
    v.object({ reference: v.id("payments"), amount: v.number(), currency, method: v.string() }),
  ),
  handler: async (ctx, args) => await model.wanted(ctx, args.paymentId),
});

/** Keeps the provider's answer. */
export const record = internalMutation({
  args: { ...one, report },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.apply(ctx, args.paymentId, args.report);
    return null;
  },
});

/** How the attempts to charge ended. What they found out is recorded already. */
export const charged = internalMutation({
  args: onCompleteArgs(v.object(one), v.null()),
  returns: v.null(),
  handler: async (ctx, { context }) => {
    await model.restAfterCharging(ctx, context.paymentId);
    return null;
  },
});

/** Gives what was paid for, and tells the owner. */
export const provision = internalMutation({
  args: one,
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.provision(ctx, args.paymentId);
    return null;
  },
});

/** Applies an event of the provider, once: its id is claimed in the same transaction. */
export const applyEvent = internalMutation({
  args: { eventId: v.string(), charge: chargeFields },
  returns: v.null(),
  handler: async (ctx, { eventId, charge }) => {
    const operation = { scope: "payments/event", key: eventId, request: null };
    return await withIdempotencyKey(ctx, operation, async () => {
      const paymentId = ctx.db.normalizeId("payments", charge.reference);
      // Others may sell through the same account: what is not ours is none of our business.
      if (paymentId !== null) await model.apply(ctx, paymentId, charge);
      return null;
    });
  },
});

/** The cron's work, one bounded batch at a time: a full batch means there may be more. */
export const checkHung = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const more = await model.checkHung(ctx);
    if (more) await ctx.scheduler.runAfter(0, internal.payments.internal.checkHung, {});
    return null;
  },
});
