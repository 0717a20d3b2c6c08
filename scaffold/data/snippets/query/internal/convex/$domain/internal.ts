/**
 * What only this backend, its dashboard and its command line may call.
 *
 * Scheduled functions have no caller, so everything here takes the ids it needs as arguments.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { internalQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { $nameRow, to$NameRow } from "./views";

/** Somebody's rows, $order. */
export const $name = internalQuery({
  args: { ownerId: v.id("users"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator($nameRow),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.$name(ctx, args.ownerId, options);
    return { ...result, page: result.page.map(to$NameRow) };
  },
});
