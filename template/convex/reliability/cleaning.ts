/**
 * What the crons do: find what was lost, and forget what is over. Bounded batches.
 */
import type { MutationCtx } from "../_generated/server";
import { moveTo } from "./runs";

/** Rows of each kind in one run of a cron: a small transaction, and a quick one. */
export const BATCH = 100;

/**
 * In milliseconds. A `wake` can be late when the scheduler is busy; one that is later than five
 * minutes is believed to be lost: cancelled in the dashboard, or failed in a broken deployment.
 */
export const OVERDUE_MS = 5 * 60 * 1000;

/** Wakes runs whose `wakeAt` has passed and nobody came. Returns how many. */
export async function wakeOverdue(ctx: MutationCtx, kind: "active" | "delivering") {
  const wakeAt = Date.now();
  const overdue = await ctx.db
    .query("retryRuns")
    .withIndex("by_state_kind_and_state_wakeAt", (q) =>
      // From zero, for what is stuck has none.
      q
        .eq("state.kind", kind)
        .gt("state.wakeAt", 0)
        .lt("state.wakeAt", wakeAt - OVERDUE_MS),
    )
    .take(BATCH);
  for (const run of overdue) {
    if (run.state.kind !== "completed") await moveTo(ctx, run, { ...run.state, wakeAt });
  }
  return overdue.length;
}

/** Marks claims that nobody ended within their lease. Returns how many. */
export async function markStuck(ctx: MutationCtx): Promise<number> {
  const sweptAt = Date.now();
  const stuck = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_state_kind_and_state_leaseUntil", (q) =>
      q.eq("state.kind", "inProgress").lt("state.leaseUntil", sweptAt),
    )
    .take(BATCH);
  const lastError = "Nobody ended it within its lease.";
  const state = { kind: "stuck" as const, sweptAt };
  for (const { _id } of stuck) await ctx.db.patch("idempotencyKeys", _id, { state, lastError });
  return stuck.length;
}

/** Deletes what has expired. Returns how many of the kind that has most. */
export async function deleteExpired(ctx: MutationCtx): Promise<number> {
  const now = Date.now();
  const keys = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_expiresAt", (q) => q.gt("expiresAt", 0).lt("expiresAt", now))
    .take(BATCH);
  const runs = await ctx.db
    .query("retryRuns")
    .withIndex("by_expiresAt", (q) => q.gt("expiresAt", 0).lt("expiresAt", now))
    .take(BATCH);
  for (const { _id } of keys) await ctx.db.delete("idempotencyKeys", _id);
  for (const { _id } of runs) await ctx.db.delete("retryRuns", _id);
  return Math.max(keys.length, runs.length);
}
