/**
 * What can be done in this domain. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose rows they touch, by the `ownerId` they are given.
 */
import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";

/** Somebody's rows, $order: to be taken from. */
export function $name(ctx: QueryCtx, ownerId: Id<"users">) {
  return ctx.db
    .query("$table")
    .withIndex("$ownerIndex", (q) => q.eq("ownerId", ownerId))
    .order("desc");
}
