/**
 * The life of a run, whichever engine makes its attempts. Plain functions of a mutation's ctx: each
 * step is one transaction.
 *
 *     active --report--> delivering --onComplete--> completed
 *       ^  |                  ^  |
 *       +--+ retry            +--+ onComplete threw
 *
 * A run that is not completed always has a `wakeAt`, and a scheduled `wake` that looks after it:
 * at an attempt that may have crashed, at a delivery that is due. Should that be lost as well, the
 * cron finds the `wakeAt` overdue.
 */
import { makeFunctionReference } from "convex/server";
import type { Infer, Value } from "convex/values";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordAttempt } from "../lib/telemetry";
import {
  CHECK_BACKOFF,
  DELIVERY_BACKOFF,
  MAX_DELIVERIES,
  retryBackoff,
  waitMs,
  type RetryPolicy,
} from "./backoff";
import { engineOf } from "./engine";
import { describe, shortened } from "./errors";
import type { runResult, runState } from "./tables";

/** How long a completed run can be looked at and replayed, in milliseconds: 30 days. */
const KEEP_FOR_MS = 30 * 24 * 60 * 60 * 1000;

export type Run = Doc<"retryRuns">;
export type RunResult = Infer<typeof runResult>;
type State = Infer<typeof runState>;
type Active = Extract<State, { kind: "active" }>;
type Delivering = Extract<State, { kind: "delivering" }>;

/** What an attempt reports. `final`: another one could only give the same. */
export type Outcome =
  { kind: "success"; returnValue: Value } | { kind: "failed"; error: string; final: boolean };

export interface Work {
  action: string;
  args: Record<string, Value>;
  onComplete?: string;
  context: Value;
  engine: string;
  policy: RetryPolicy;
}

export async function create(ctx: MutationCtx, work: Work, delayMs: number): Promise<Run["_id"]> {
  const runId = await ctx.db.insert("retryRuns", {
    ...work,
    deadline: Date.now() + delayMs + work.policy.deadlineMs,
    attempts: 0,
    failures: 0,
    state: activeState(NO_JOB, Date.now() + delayMs),
  });
  await next(ctx, runId, delayMs);
  return runId;
}

/** Has the engine make an attempt after `delayMs`, and looks after it from then on. */
export async function next(ctx: MutationCtx, runId: Run["_id"], delayMs: number): Promise<void> {
  const run = await ctx.db.get("retryRuns", runId);
  if (run === null) return;
  const { attempt } = internal.reliability.internal;
  const job = await engineOf(run).begin(ctx, attempt, run, delayMs);
  const wakeAt = Date.now() + delayMs + waitMs(1, CHECK_BACKOFF);
  await moveTo(ctx, run, activeState(job, wakeAt));
}

/** For the few lines until `next` has begun one. */
const NO_JOB = "";

function activeState(job: string, wakeAt: number): Active {
  return { kind: "active", job, running: false, cancelRequested: false, checks: 0, wakeAt };
}

/** The work of an attempt that begins now, or null if there is none any more. */
export async function startAttempt(ctx: MutationCtx, runId: Run["_id"]) {
  const run = await ctx.db.get("retryRuns", runId);
  if (run?.state.kind !== "active") return null;
  if (run.state.cancelRequested) {
    await cancelNow(ctx, run);
    return null;
  }
  if (Date.now() >= run.deadline) {
    await giveUp(ctx, run, run.lastError ?? "The deadline passed before the first attempt.");
    return null;
  }
  const attempt = run.attempts + 1;
  await ctx.db.patch("retryRuns", runId, {
    attempts: attempt,
    state: { ...run.state, running: true },
  });
  return { action: run.action, args: run.args as Record<string, Value>, attempt };
}

/** Takes the report of an attempt. Returns whether the engine shall call `attempt` again. */
export async function takeReport(
  ctx: MutationCtx,
  runId: Run["_id"],
  attempt: number,
  outcome: Outcome,
): Promise<boolean> {
  const run = await ctx.db.get("retryRuns", runId);
  if (run?.state.kind !== "active") return false;
  if (outcome.kind === "success") {
    // Also from an attempt that was believed to be lost: what it did is done.
    record(run, attempt, "ok");
    await settle(ctx, run, outcome);
    return false;
  }
  // It was believed to be lost, and another one has taken over or is about to.
  if (attempt !== run.attempts || !run.state.running) return false;
  return await takeFailure(ctx, run, outcome.error, outcome.final);
}

async function takeFailure(
  ctx: MutationCtx,
  before: Run,
  error: string,
  final: boolean,
): Promise<boolean> {
  const failures = before.failures + 1;
  const run = { ...before, failures, lastError: shortened(error) };
  await ctx.db.patch("retryRuns", run._id, { failures, lastError: run.lastError });
  if (run.state.kind === "active" && run.state.cancelRequested) {
    await cancelNow(ctx, run);
    return false;
  }
  const wait = waitMs(failures, retryBackoff(run.policy));
  const tooLate = Date.now() + wait >= run.deadline;
  if (final || tooLate || failures >= run.policy.maxFailures) {
    await giveUp(ctx, run, run.lastError);
    return false;
  }
  record(run, run.attempts, "retrying");
  if (engineOf(run).retries) {
    await moveTo(ctx, run, { ...(run.state as Active), running: false });
    return true;
  }
  await next(ctx, run._id, wait);
  return false;
}

/** No attempt is begun any more. Returns false if it had ended before. */
export async function cancel(ctx: MutationCtx, run: Run): Promise<boolean> {
  if (run.state.kind !== "active") return false;
  if (run.state.running) {
    // Nothing stops an action that runs. If it succeeds, that is the truth, and the result.
    await moveTo(ctx, run, { ...run.state, cancelRequested: true });
  } else {
    await engineOf(run).cancel(ctx, run.state.job);
    await cancelNow(ctx, run);
  }
  return true;
}

async function cancelNow(ctx: MutationCtx, run: Run): Promise<void> {
  record(run, run.attempts, "canceled");
  await settle(ctx, run, { kind: "canceled" });
}

async function giveUp(ctx: MutationCtx, run: Run, error: string): Promise<void> {
  record(run, run.attempts, "gaveUp");
  await settle(ctx, run, { kind: "failed", error });
}

/**
 * The outcome is committed first, and delivered by a transaction of its own: an `onComplete` that
 * throws, or is too large for one, cannot take the outcome with it.
 */
async function settle(ctx: MutationCtx, run: Run, result: RunResult): Promise<void> {
  if (run.onComplete === undefined) {
    await completeRun(ctx, run, result);
  } else {
    await moveTo(ctx, run, {
      kind: "delivering",
      result,
      failedDeliveries: 0,
      wakeAt: Date.now(),
    });
  }
}

export async function completeRun(ctx: MutationCtx, run: Run, result: RunResult): Promise<void> {
  const completedAt = Date.now();
  await ctx.db.patch("retryRuns", run._id, {
    state: { kind: "completed", result, completedAt },
    expiresAt: completedAt + KEEP_FOR_MS,
  });
}

/**
 * Looks after a run. `at` is the `wakeAt` it was scheduled for: a run that has moved on since has
 * another, and another `wake`.
 */
export async function wake(ctx: MutationCtx, runId: Run["_id"], at: number): Promise<void> {
  const run = await ctx.db.get("retryRuns", runId);
  if (run === null || run.state.kind === "completed" || run.state.wakeAt !== at) return;
  if (run.state.kind === "active") await check(ctx, run, run.state);
  else await deliver(ctx, run, run.state);
}

async function check(ctx: MutationCtx, run: Run, state: Active): Promise<void> {
  const engine = engineOf(run);
  const fate = await engine.look(ctx, state.job);
  switch (fate.kind) {
    case "alive": {
      const checks = state.checks + 1;
      const wakeAt = Date.now() + waitMs(checks + 1, CHECK_BACKOFF);
      await moveTo(ctx, run, { ...state, checks, wakeAt });
      return;
    }
    case "canceled":
      await cancelNow(ctx, run);
      return;
    case "lost":
      // An engine that retries by itself has given up, or the job would be alive.
      await takeFailure(ctx, run, fate.error, engine.retries);
      return;
  }
}

/** Calls `onComplete` and completes the run: both, or neither. */
async function deliver(ctx: MutationCtx, run: Run, state: Delivering): Promise<void> {
  if (run.onComplete === undefined) return await completeRun(ctx, run, state.result);
  const onComplete = makeFunctionReference<"mutation">(run.onComplete);
  const told = { runId: run._id, context: run.context as Value, result: state.result };
  try {
    // A transaction within this one: if it throws, only what it wrote is undone.
    await ctx.runMutation(onComplete, told);
  } catch (error) {
    await takeFailedDelivery(ctx, run, state, describe(error));
    return;
  }
  await completeRun(ctx, run, state.result);
}

async function takeFailedDelivery(
  ctx: MutationCtx,
  run: Run,
  state: Delivering,
  error: string,
): Promise<void> {
  const failedDeliveries = state.failedDeliveries + 1;
  const stuck = failedDeliveries >= MAX_DELIVERIES;
  const wakeAt = stuck ? undefined : Date.now() + waitMs(failedDeliveries, DELIVERY_BACKOFF);
  await ctx.db.patch("retryRuns", run._id, { lastError: `onComplete: ${error}` });
  await moveTo(ctx, run, { ...state, failedDeliveries, wakeAt });
}

/** Writes the state, and schedules the `wake` that belongs to it. */
export async function moveTo(ctx: MutationCtx, run: Run, state: State): Promise<void> {
  await ctx.db.patch("retryRuns", run._id, { state, expiresAt: undefined });
  if (state.kind === "completed" || state.wakeAt === undefined) return;
  const { wakeAt } = state;
  if (run.state.kind === state.kind && run.state.wakeAt === wakeAt) return;
  const { wake } = internal.reliability.internal;
  await ctx.scheduler.runAt(wakeAt, wake, { runId: run._id, at: wakeAt });
}

function record(run: Run, attempt: number, outcome: "ok" | "retrying" | "gaveUp" | "canceled") {
  recordAttempt({ function: run.action, job: run._id, attempt, outcome });
}

export type RunId = Id<"retryRuns">;
