/**
 * A counter that many may change at the same time.
 *
 * Two transactions that write one document cannot both win: Convex runs the second again. One number
 * for each room would make every message wait for the one before. So it is spread over rows: a
 * writer changes one of them, picked at random, and a reader adds them up. Reading costs up to
 * SHARDS documents instead of one; that is why rooms do not show it in lists.
 *
 * Numbers by rank, sums over ranges or millions of counters: see `@convex-dev/aggregate`.
 */
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/** Rows of one counter. With 8, two writers at once meet one time in eight. Raise it at will. */
export const SHARDS = 8;

/** In the transaction of what is counted: then the number is never wrong. */
export async function add(ctx: MutationCtx, roomId: Id<"rooms">, change: number): Promise<void> {
  const shard = Math.floor(Math.random() * SHARDS);
  const row = await ctx.db
    .query("roomCounters")
    .withIndex("by_roomId_and_shard", (q) => q.eq("roomId", roomId).eq("shard", shard))
    .unique();
  if (row === null) {
    await ctx.db.insert("roomCounters", { roomId, shard, messages: change });
  } else {
    await ctx.db.patch("roomCounters", row._id, { messages: row.messages + change });
  }
}

export async function total(ctx: QueryCtx, roomId: Id<"rooms">): Promise<number> {
  const rows = await ctx.db
    .query("roomCounters")
    .withIndex("by_roomId_and_shard", (q) => q.eq("roomId", roomId))
    .take(SHARDS);
  return rows.reduce((sum, row) => sum + row.messages, 0);
}
