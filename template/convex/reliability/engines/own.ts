/**
 * The engine that needs nothing but Convex: the scheduler, and its table of what it ran.
 */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { Attempt, Engine, Fate } from "./interface";

export const own: Engine = { name: "own", retries: false, begin, look, cancel };

async function begin(
  ctx: MutationCtx,
  attempt: Attempt,
  run: Doc<"retryRuns">,
  delayMs: number,
): Promise<string> {
  return await ctx.scheduler.runAfter(delayMs, attempt, { runId: run._id });
}

async function look(ctx: MutationCtx, job: string): Promise<Fate> {
  const row = await find(ctx, job);
  // Convex deletes the row seven days after its end: it did end, long ago.
  if (row === null) return { kind: "lost", error: "The attempt is gone without a trace." };
  switch (row.state.kind) {
    case "pending":
    case "inProgress":
      return { kind: "alive" };
    case "canceled":
      return { kind: "canceled" };
    case "failed":
      // The text is Convex's: out of memory, timed out, restarted.
      return { kind: "lost", error: `The attempt crashed: ${row.state.error}` };
    case "success":
      return { kind: "lost", error: "The attempt ended without a report." };
  }
}

async function cancel(ctx: MutationCtx, job: string): Promise<void> {
  const row = await find(ctx, job);
  // Cancelling what runs would not stop it, only drop what it schedules from then on.
  if (row?.state.kind === "pending") await ctx.scheduler.cancel(row._id);
}

async function find(ctx: MutationCtx, job: string) {
  const id: Id<"_scheduled_functions"> | null = ctx.db.system.normalizeId(
    "_scheduled_functions",
    job,
  );
  return id === null ? null : await ctx.db.system.get("_scheduled_functions", id);
}
