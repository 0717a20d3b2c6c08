/**
 * What clients may call about their own payments.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import { withIdempotencyKey } from "../reliability/idempotency";
import * as model from "./model";
import { entitlementView, paymentView, toEntitlementView, toPaymentView } from "./views";

/**
 * Pays for a product, once for each `requestId`: choose one when the person clicks, and repeat the
 * call with it until there is an answer. It answers before the money is taken; watch `get`.
 */
export const start = authedMutation({
  rateLimit: "costly",
  args: model.intent,
  returns: v.id("payments"),
  handler: async (ctx, args) => {
    const { requestId, ...intent } = args;
    const owner = ctx.user._id;
    const operation = { scope: "payments/start", key: requestId, request: intent, owner };
    return await withIdempotencyKey(ctx, operation, () => model.start(ctx, owner, intent));
  },
});

export const get = authedQuery({
  args: { paymentId: v.id("payments") },
  returns: paymentView,
  handler: async (ctx, args) =>
    toPaymentView(await model.getOwned(ctx, ctx.user._id, args.paymentId)),
});

/** The caller's payments, newest first. */
export const list = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(paymentView),
  handler: async (ctx, args) => {
    const result = await model.listOf(ctx, ctx.user._id).paginate(bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toPaymentView) };
  },
});

/** What the caller has paid for, newest first. */
export const listEntitlements = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(entitlementView),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.entitlementsOf(ctx, ctx.user._id).paginate(options);
    return { ...result, page: result.page.map(toEntitlementView) };
  },
});
