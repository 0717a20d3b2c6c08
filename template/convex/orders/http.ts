/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { internal } from "../_generated/api";
import { authedHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";

/** The caller's newest orders, for programs that have a token and no Convex client. */
export const listOrders = authedHttp(async (ctx) => {
  const orders = await ctx.runQuery(internal.orders.internal.newest, {
    ownerId: ctx.caller.userId,
  });
  return jsonResponse({ orders });
});
