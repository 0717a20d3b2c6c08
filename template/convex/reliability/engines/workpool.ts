/**
 * The engine on Convex's component `@convex-dev/workpool`: no more than so many attempts at a time.
 * For a service that allows few calls at once, or for work that comes by the thousand.
 */
import { Workpool, type WorkId } from "@convex-dev/workpool";
import type { Doc } from "../../_generated/dataModel";
import { components } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import type { Attempt, Engine, Fate } from "./interface";

/**
 * Attempts at a time. The smallest deployments run 64 actions at once, and people wait for others;
 * Convex advises at most 20 there, and 100 on larger ones. Ask the service outside, too.
 */
const MAX_PARALLELISM = 10;

const pool = new Workpool(components.workpool, {
  maxParallelism: MAX_PARALLELISM,
  // Attempts leave lines of their own in the log, of a schema that is known.
  logLevel: "ERROR",
});

export const workpool: Engine = { name: "workpool", retries: true, begin, look, cancel };

async function begin(
  ctx: MutationCtx,
  attempt: Attempt,
  run: Doc<"retryRuns">,
  delayMs: number,
): Promise<string> {
  const { base, initialBackoffMs, maxFailures: maxAttempts } = run.policy;
  const retry = { base, initialBackoffMs, maxAttempts };
  return await pool.enqueueAction(ctx, attempt, { runId: run._id }, { retry, runAfter: delayMs });
}

async function look(ctx: MutationCtx, job: string): Promise<Fate> {
  const { state } = await pool.status(ctx, job as WorkId);
  if (state !== "finished") return { kind: "alive" };
  return { kind: "lost", error: "The attempts ended without a report." };
}

async function cancel(ctx: MutationCtx, job: string): Promise<void> {
  await pool.cancel(ctx, job as WorkId);
}
