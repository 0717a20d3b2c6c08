/**
 * What can be done in this domain. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose rows they touch, by the `ownerId` they are given.
 */
import type { PaginationOptions } from "convex/server";
import type { QueryCtx } from "../_generated/server";

/** Everybody's rows, newest first. */
export async function $name(
  ctx: QueryCtx,
  options: PaginationOptions,
) {
  return await ctx.db.query("$table").order("desc").paginate(options);
}
