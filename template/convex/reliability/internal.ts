/**
 * What the scheduler and the crons call to keep runs going and keys clean.
 */
import { makeFunctionReference } from "convex/server";
import { getConvexSize, v, type Value } from "convex/values";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { appError } from "../lib/errors";
import { internalAction, internalMutation } from "../lib/functions";
import { BATCH, deleteExpired, markStuck, wakeOverdue } from "./cleaning";
import { describe, isFinal } from "./errors";
import { MAX_RESULT_BYTES } from "./idempotency";
import * as runs from "./runs";
import { anyValue } from "./tables";

const runId = v.id("retryRuns");

const work = v.object({ action: v.string(), args: anyValue, attempt: v.number() });

const outcome = v.union(
  v.object({ kind: v.literal("success"), returnValue: anyValue }),
  v.object({ kind: v.literal("failed"), error: v.string(), final: v.boolean() }),
);

/**
 * One attempt of a run: fetch the work, do it, report. Called by the engine. A crash anywhere in
 * here leaves an attempt without a report, which `wake` finds.
 */
export const attempt = internalAction({
  args: { runId },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    const begun = await ctx.runMutation(internal.reliability.internal.startAttempt, { runId });
    if (begun === null) return null;
    const report = { runId, attempt: begun.attempt, outcome: await outcomeOf(ctx, begun) };
    const again = await ctx.runMutation(internal.reliability.internal.takeReport, report);
    // For engines that take a thrown error as the wish for another attempt.
    if (again) throw appError("UPSTREAM_FAILED", `Attempt ${begun.attempt} failed.`);
    return null;
  },
});

async function outcomeOf(
  ctx: ActionCtx,
  { action, args }: { action: string; args: Record<string, Value> },
): Promise<runs.Outcome> {
  try {
    const reference = makeFunctionReference<"action">(action);
    const returnValue = (await ctx.runAction(reference, args)) as Value;
    const size = getConvexSize(returnValue);
    if (size <= MAX_RESULT_BYTES) return { kind: "success", returnValue };
    // Another attempt would do it all again and return as much.
    const error = `${action} returned ${size} bytes. Store them, and return their id.`;
    return { kind: "failed", error, final: true };
  } catch (error) {
    return { kind: "failed", error: describe(error), final: isFinal(error) };
  }
}

export const startAttempt = internalMutation({
  args: { runId },
  returns: v.nullable(work),
  handler: async (ctx, args) => await runs.startAttempt(ctx, args.runId),
});

export const reportArgs = { runId, attempt: v.number(), outcome };

/** Returns whether the engine shall call `attempt` again. */
export const takeReport = internalMutation({
  args: reportArgs,
  returns: v.boolean(),
  handler: async (ctx, { runId, attempt, outcome }) =>
    await runs.takeReport(ctx, runId, attempt, outcome),
});

/** Looks after a run at the time that was agreed. */
export const wake = internalMutation({
  args: { runId, at: v.number() },
  returns: v.null(),
  handler: async (ctx, { runId, at }) => {
    await runs.wake(ctx, runId, at);
    return null;
  },
});

/**
 * The cron that misses nothing: wakes runs that should have gone on, and marks claims that nobody
 * ended. One bounded batch at a time: a full batch means there may be more.
 */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const found = [
      await wakeOverdue(ctx, "active"),
      await wakeOverdue(ctx, "delivering"),
      await markStuck(ctx),
    ];
    if (found.includes(BATCH)) {
      await ctx.scheduler.runAfter(0, internal.reliability.internal.sweep, {});
    }
    return null;
  },
});

/** The cron that forgets keys and runs whose time is over. */
export const expire = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    if ((await deleteExpired(ctx)) === BATCH) {
      await ctx.scheduler.runAfter(0, internal.reliability.internal.expire, {});
    }
    return null;
  },
});
