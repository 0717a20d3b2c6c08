/**
 * What only this backend, its dashboard and its command line may call.
 *
 * Scheduled functions have no caller, so everything here takes the ids it needs as arguments.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../lib/functions";
import * as model from "./model";

/** The cron's work, one bounded batch at a time: a full batch means there may be more. */
export const $name = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const done = await model.$name(ctx);
    if (done === model.$NAME_BATCH) {
      await ctx.scheduler.runAfter(
        0,
        internal.$domain.internal.$name,
        {},
      );
    }
    return null;
  },
});
