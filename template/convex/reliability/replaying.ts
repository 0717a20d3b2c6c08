/**
 * What administrators can do about keys and runs, and the trail that it leaves. Plain functions of
 * a mutation's ctx: each deed is one transaction with its line in the audit.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { appError } from "../lib/errors";
import type { ClaimId } from "./idempotency";
import * as runs from "./runs";

/** In characters. A sentence, and the number of a ticket. */
const MAX_REASON_LENGTH = 500;

export interface Deed {
  actor: Id<"users">;
  deed: "replay" | "abandon" | "releaseKey" | "abandonKey";
  reason: string;
}

/** Has a run that failed, or was cancelled, go on; or an `onComplete` that is stuck. */
export async function replay(ctx: MutationCtx, runId: runs.RunId, deed: Deed): Promise<void> {
  const run = await requireRun(ctx, runId);
  const { state } = run;
  if (state.kind === "active") throw appError("CONFLICT", "This run is still under way.");
  if (state.kind === "delivering") {
    await runs.moveTo(ctx, run, { ...state, failedDeliveries: 0, wakeAt: Date.now() });
  } else if (state.result.kind === "success") {
    throw appError("CONFLICT", "This run succeeded. Repeating it would do its work twice.");
  } else {
    const deadline = Date.now() + run.policy.deadlineMs;
    await ctx.db.patch("retryRuns", runId, { failures: 0, deadline });
    await runs.next(ctx, runId, 0);
  }
  await audit(ctx, deed, runId, run.action);
}

/** Has a run make no more attempts; or an `onComplete` that is stuck not be called any more. */
export async function abandon(ctx: MutationCtx, runId: runs.RunId, deed: Deed): Promise<void> {
  const run = await requireRun(ctx, runId);
  if (run.state.kind === "completed") throw appError("CONFLICT", "This run has ended.");
  if (run.state.kind === "active") await runs.cancel(ctx, run);
  else await runs.completeRun(ctx, run, run.state.result);
  await audit(ctx, deed, runId, run.action);
}

/** Lets the next one with this key begin again, as after a failure. */
export async function releaseKey(ctx: MutationCtx, claimId: ClaimId, deed: Deed): Promise<void> {
  const key = await requireOpenKey(ctx, claimId);
  const failedAt = Date.now();
  await ctx.db.patch("idempotencyKeys", claimId, {
    state: { kind: "failed", failedAt },
    expiresAt: failedAt + key.keepForMs,
  });
  await audit(ctx, deed, claimId, key.scope);
}

/** Refuses whoever sends this key again: nobody knows whether it happened, and it shall not twice. */
export async function abandonKey(ctx: MutationCtx, claimId: ClaimId, deed: Deed): Promise<void> {
  const key = await requireOpenKey(ctx, claimId);
  const abandonedAt = Date.now();
  await ctx.db.patch("idempotencyKeys", claimId, {
    state: { kind: "abandoned", abandonedAt },
    expiresAt: abandonedAt + key.keepForMs,
  });
  await audit(ctx, deed, claimId, key.scope);
}

async function requireRun(ctx: MutationCtx, runId: runs.RunId): Promise<runs.Run> {
  const run = await ctx.db.get("retryRuns", runId);
  if (run === null) throw appError("NOT_FOUND", "Not found.");
  return run;
}

/** What is done is done: taking its result away would have it done twice. */
async function requireOpenKey(ctx: MutationCtx, claimId: ClaimId): Promise<Doc<"idempotencyKeys">> {
  const key = await ctx.db.get("idempotencyKeys", claimId);
  if (key === null) throw appError("NOT_FOUND", "Not found.");
  if (key.state.kind === "done") throw appError("CONFLICT", "What this key stands for is done.");
  return key;
}

async function audit(ctx: MutationCtx, deed: Deed, target: string, what: string): Promise<void> {
  const reason = deed.reason.trim();
  if (reason.length < 1 || reason.length > MAX_REASON_LENGTH) {
    throw appError("INVALID_ARGUMENT", "The reason is empty or too long.");
  }
  await ctx.db.insert("reliabilityAudit", { ...deed, reason, target, what });
}
