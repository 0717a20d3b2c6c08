/**
 * What only this backend, its dashboard and its command line may call.
 *
 * Scheduled functions have no caller, so everything here takes the ids it needs as arguments.
 */
import { v } from "convex/values";
import { internalQuery } from "../lib/functions";
import * as model from "./model";
import { $nameRow, to$NameRow } from "./views";

/** Rows in one answer of GET $route: what fits on a first screen. */
const $NAME_LIMIT = 20;

/** Somebody's last rows, for the HTTP route. */
export const $name = internalQuery({
  args: { ownerId: v.id("users") },
  returns: v.array($nameRow),
  handler: async (ctx, args) => {
    const rows = model.$name(ctx, args.ownerId);
    const last = await rows.take($NAME_LIMIT);
    return last.map(to$NameRow);
  },
});
