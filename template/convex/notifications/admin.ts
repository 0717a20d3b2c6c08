/**
 * What administrators may call about notifications.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminMutation, adminQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { deliveryKind } from "./tables";
import { deliveryView, toDeliveryView } from "./views";

/** Messages whose delivery stands like this, newest first. `undelivered` wants somebody to look. */
export const listByDelivery = adminQuery({
  args: { kind: deliveryKind, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(deliveryView),
  handler: async (ctx, args) => {
    const result = await model.listByDelivery(ctx, args.kind, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toDeliveryView) };
  },
});

/** Tries once more to deliver what could not be delivered. */
export const resend = adminMutation({
  args: { notificationId: v.id("notifications") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.resend(ctx, args.notificationId);
    return null;
  },
});
