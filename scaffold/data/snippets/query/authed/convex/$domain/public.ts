/**
 * What clients may call about their own.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { $nameRow, to$NameRow } from "./views";

/** The caller's rows, $order. */
export const $name = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator($nameRow),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.$name(ctx, ctx.user._id, options);
    return { ...result, page: result.page.map(to$NameRow) };
  },
});
