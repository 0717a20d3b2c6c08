/**
 * What $audience may call in this domain.
 */
import { v } from "convex/values";
import { $builderName } from "../lib/functions";
import * as model from "./model";

/** Repeat it as often as you like: the second time changes nothing. */
export const $name = $builder({
  args: { $itemId: v.id("$table") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.$name(ctx, args.$itemId);
    return null;
  },
});
