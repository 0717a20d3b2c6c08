/**
 * What $audience may call in this domain.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { $builderName } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { $nameRow, to$NameRow } from "./views";

/** Everybody's rows, newest first. */
export const $name = $builder({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator($nameRow),
  handler: async (ctx, args) => {
    const result = await model.$name(
      ctx,
      bounded(args.paginationOpts),
    );
    return { ...result, page: result.page.map(to$NameRow) };
  },
});
