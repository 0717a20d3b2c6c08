/**
 * What only this backend, its dashboard and its command line may call about orders.
 *
 * Scheduled functions have no caller, so everything here takes the ids it needs as arguments.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation, internalQuery } from "../lib/functions";
import { appError } from "../lib/errors";
import * as model from "./model";
import { piecesOf } from "./pricing";
import { currency } from "./tables";
import { orderView, toOrderView } from "./views";

/** Orders in one answer of `GET /orders`: what fits on a first screen. */
const NEWEST = 20;

/** Somebody's newest orders, for the HTTP route. */
export const newest = internalQuery({
  args: { ownerId: v.id("users") },
  returns: v.array(orderView),
  handler: async (ctx, args) => {
    const orders = await model.listOf(ctx, args.ownerId).take(NEWEST);
    return orders.map(toOrderView);
  },
});

/** What the carrier has to know of an order. */
export const parcel = internalQuery({
  args: { ownerId: v.id("users"), orderId: v.id("orders") },
  returns: v.object({ currency, pieces: v.number() }),
  handler: async (ctx, args) => {
    const order = await model.getUnpaid(ctx, args.ownerId, args.orderId);
    return { currency: order.currency, pieces: piecesOf(order.items) };
  },
});

/** Keeps the carrier's answer, if the order can still use it. */
export const recordQuote = internalMutation({
  args: {
    ownerId: v.id("users"),
    orderId: v.id("orders"),
    country: v.string(),
    amount: v.number(),
  },
  returns: v.null(),
  handler: async (ctx, { ownerId, orderId, country, amount }) => {
    await model.getUnpaid(ctx, ownerId, orderId);
    const shipping = { amount, country, quotedAt: Date.now() };
    await ctx.db.patch("orders", orderId, { shipping });
    return null;
  },
});

/** For whoever takes the money. Payments may be reported twice: the second time changes nothing. */
export const markPaid = internalMutation({
  args: { orderId: v.id("orders") },
  returns: v.null(),
  handler: async (ctx, args) => {
    const order = await ctx.db.get("orders", args.orderId);
    if (order === null) throw appError("NOT_FOUND", "Not found.");
    if (order.state.kind !== "paid") {
      await model.moveTo(ctx, order, { kind: "paid", paidAt: Date.now() });
    }
    return null;
  },
});

/** The cron's work, one bounded batch at a time: a full batch means there may be more. */
export const expireUnpaid = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const expired = await model.expireDue(ctx);
    if (expired === model.EXPIRY_BATCH) {
      await ctx.scheduler.runAfter(0, internal.orders.internal.expireUnpaid, {});
    }
    return null;
  },
});
