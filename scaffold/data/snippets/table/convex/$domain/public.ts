/**
 * What clients may call about their own.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { $itemView, to$ItemView } from "./views";

/** Repeat it with the same `requestId` as often as you like: there will be one row. */
export const create$Item = authedMutation({
  args: model.$itemDraft,
  returns: v.id("$table"),
  handler: async (ctx, args) =>
    await model.create$Item(ctx, ctx.user._id, args),
});

/** The caller's own, newest first. */
export const list$Items = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator($itemView),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.list$Items(ctx, ctx.user._id, options);
    return { ...result, page: result.page.map(to$ItemView) };
  },
});

export const get$Item = authedQuery({
  args: { $itemId: v.id("$table") },
  returns: $itemView,
  handler: async (ctx, args) => {
    const row = await model.get$Item(
      ctx,
      ctx.user._id,
      args.$itemId,
    );
    return to$ItemView(row);
  },
});
