/**
 * What only this backend may call about rooms.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../lib/functions";
import * as presence from "./presence";

/** The cron's work, one bounded batch at a time: a full batch means there may be more. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const gone = await presence.sweep(ctx);
    if (gone === presence.SWEEP_BATCH) {
      await ctx.scheduler.runAfter(0, internal.rooms.internal.sweep, {});
    }
    return null;
  },
});
