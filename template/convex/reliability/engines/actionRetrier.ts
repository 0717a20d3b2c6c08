/**
 * The engine on Convex's component `@convex-dev/action-retrier`: it repeats an action that throws,
 * and watches it by heartbeats. It waits without an upper bound, so choose few failures.
 */
import { ActionRetrier, type RunId } from "@convex-dev/action-retrier";
import type { Doc } from "../../_generated/dataModel";
import { components } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import type { Attempt, Engine, Fate } from "./interface";

// Attempts leave lines of their own in the log, of a schema that is known.
const retrier = new ActionRetrier(components.actionRetrier, { logLevel: "ERROR" });

export const actionRetrier: Engine = {
  name: "action-retrier",
  retries: true,
  begin,
  look,
  cancel,
};

async function begin(
  ctx: MutationCtx,
  attempt: Attempt,
  run: Doc<"retryRuns">,
  delayMs: number,
): Promise<string> {
  const { base, initialBackoffMs, maxFailures } = run.policy;
  const args = { runId: run._id };
  return await retrier.runAfter(ctx, delayMs, attempt, args, {
    base,
    // It multiplies by the base before the first wait, too.
    initialBackoffMs: initialBackoffMs / base,
    // It counts the failures that are followed by another attempt.
    maxFailures: maxFailures - 1,
  });
}

async function look(ctx: MutationCtx, job: string): Promise<Fate> {
  const status = await statusOf(ctx, job);
  if (status === null) return { kind: "lost", error: "The attempt is gone without a trace." };
  if (status.type === "inProgress") return { kind: "alive" };
  const { result } = status;
  switch (result.type) {
    case "canceled":
      return { kind: "canceled" };
    case "failed":
      return { kind: "lost", error: `The attempt crashed: ${result.error}` };
    case "success":
      return { kind: "lost", error: "The attempt ended without a report." };
  }
}

/** Null if there is none: seven days after its end it is deleted, and asking for it throws. */
async function statusOf(ctx: MutationCtx, job: string) {
  try {
    return await retrier.status(ctx, job as RunId);
  } catch {
    return null;
  }
}

async function cancel(ctx: MutationCtx, job: string): Promise<void> {
  await retrier.cancel(ctx, job as RunId);
}
