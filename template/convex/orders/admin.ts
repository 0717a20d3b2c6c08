/**
 * What administrators may call about orders.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { adminQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { stateKind } from "./tables";
import { orderView, toOrderView } from "./views";

/** Everybody's orders in one state, newest first. */
export const listByState = adminQuery({
  args: { kind: stateKind, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(orderView),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.listByState(ctx, args.kind, options);
    return { ...result, page: result.page.map(toOrderView) };
  },
});
