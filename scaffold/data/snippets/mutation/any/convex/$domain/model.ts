/**
 * What can be done in this domain. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose rows they touch, by the `ownerId` they are given.
 */
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { appError } from "../lib/errors";

/** Done once for each row: the second time changes nothing. */
export async function $name(
  ctx: MutationCtx,
  $itemId: Id<"$table">,
): Promise<void> {
  const row = await ctx.db.get("$table", $itemId);
  if (row === null) throw appError("NOT_FOUND", "Not found.");
  if (row.$nameAt !== undefined) return;
  await ctx.db.patch("$table", row._id, {
    $nameAt: Date.now(),
  });
}
