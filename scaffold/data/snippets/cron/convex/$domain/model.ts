/**
 * What can be done in this domain. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose rows they touch, by the `ownerId` they are given.
 */
import type { MutationCtx } from "../_generated/server";

/** Rows in one run of the cron: a small transaction, and a quick one. */
export const $NAME_BATCH = 100;

/** Goes through the rows it has not seen yet, one batch of them. Returns how many. */
export async function $name(ctx: MutationCtx): Promise<number> {
  const seen = { $nameAt: Date.now() };
  const due = await ctx.db
    .query("$table")
    .withIndex("by_$nameAt", (q) =>
      q.eq("$nameAt", undefined),
    )
    .take($NAME_BATCH);
  await Promise.all(due.map((row) => ctx.db.patch("$table", row._id, seen)));
  return due.length;
}
