/**
 * What clients may call about their own.
 */
import { v } from "convex/values";
import { authedMutation } from "../lib/functions";
import * as model from "./model";

/** Repeat it as often as you like: the second time changes nothing. */
export const $name = authedMutation({
  args: { $itemId: v.id("$table") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.$name(
      ctx,
      ctx.user._id,
      args.$itemId,
    );
    return null;
  },
});
