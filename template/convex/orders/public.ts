/**
 * What clients may call about their own orders.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { authedAction, authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import * as upstream from "./upstream";
import { orderView, toOrderView } from "./views";

/** Repeat it with the same `requestId` as often as you like: there will be one order. */
export const place = authedMutation({
  rateLimit: "write",
  args: model.draft,
  returns: v.id("orders"),
  handler: async (ctx, args) => await model.place(ctx, ctx.user._id, args),
});

/** The caller's orders, newest first. */
export const list = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(orderView),
  handler: async (ctx, args) => {
    const result = await model.listOf(ctx, ctx.user._id).paginate(bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toOrderView) };
  },
});

export const get = authedQuery({
  args: { orderId: v.id("orders") },
  returns: orderView,
  handler: async (ctx, args) => toOrderView(await model.getOwned(ctx, ctx.user._id, args.orderId)),
});

export const cancel = authedMutation({
  rateLimit: "write",
  args: { orderId: v.id("orders") },
  returns: v.null(),
  handler: async (ctx, args) => {
    const order = await model.getOwned(ctx, ctx.user._id, args.orderId);
    await model.moveTo(ctx, order, {
      kind: "cancelled",
      cancelledAt: Date.now(),
    });
    return null;
  },
});

/**
 * What shipping to a country (ISO 3166, two letters) would cost, in minor units of the order's
 * currency. The quote is kept with the order; asking again replaces it.
 *
 * Three steps, because an action is no transaction: read what the question needs, ask the carrier,
 * write the answer. The last step checks everything again: the order may have changed meanwhile.
 */
export const quoteShipping = authedAction({
  rateLimit: "costly",
  args: { orderId: v.id("orders"), country: v.string() },
  returns: v.number(),
  handler: async (ctx, { orderId, country }): Promise<number> => {
    const { userId: ownerId } = ctx.caller;
    const parcel = await ctx.runQuery(internal.orders.internal.parcel, {
      ownerId,
      orderId,
    });
    const amount = await upstream.fetchQuote({ ...parcel, country });
    const quote = { ownerId, orderId, country, amount };
    await ctx.runMutation(internal.orders.internal.recordQuote, quote);
    return amount;
  },
});
