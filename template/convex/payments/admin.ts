/**
 * What administrators may call about payments.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminMutation, adminQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { paymentStateKind } from "./tables";
import { paymentForAdmins, toPaymentForAdmins } from "./views";

/** Everybody's payments in one state, newest first. Those in `review` wait for a person. */
export const listByState = adminQuery({
  args: { kind: paymentStateKind, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(paymentForAdmins),
  handler: async (ctx, args) => {
    const result = await model.listByState(ctx, args.kind, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toPaymentForAdmins) };
  },
});

/** After a look at the provider's own pages: takes a payment out of `review` and asks once more. */
export const askAgain = adminMutation({
  args: { paymentId: v.id("payments") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.askAgain(ctx, args.paymentId);
    return null;
  },
});
