/**
 * What clients may call about what they were told.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { notificationView, toNotificationView } from "./views";

/** The caller's notifications, newest first. */
export const list = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(notificationView),
  handler: async (ctx, args) => {
    const result = await model.listOf(ctx, ctx.user._id).paginate(bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toNotificationView) };
  },
});

/** May be repeated: the first time counts. */
export const markRead = authedMutation({
  rateLimit: "write",
  args: { notificationId: v.id("notifications") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.markRead(ctx, ctx.user._id, args.notificationId);
    return null;
  },
});
