/**
 * Retries: what every domain calls to have an internal action run until it succeeds.
 *
 * Convex runs a scheduled mutation exactly once, and a scheduled action at most once: after a crash,
 * a timeout or a failure of the other side, nobody runs it again. `start` has it run again, with
 * growing waits, until it succeeds, is refused, has failed too often or too long, or is cancelled;
 * then `onComplete` is told, exactly once, in a transaction of its own.
 *
 * Started from a mutation only, and so in one transaction with the intent: neither an order without
 * its charge, nor a charge without its order. Internal functions only; a public one is a type error.
 *
 * At least once is not once. The action must be safe to repeat: give the other side an idempotency
 * key that is made of what caused the call, and never of the clock, of dice or of the attempt.
 */
import {
  getFunctionName,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
} from "convex/server";
import { v, type GenericValidator, type Value } from "convex/values";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { appError } from "../lib/errors";
import { policyOf, type RetryPolicy } from "./backoff";
import { ENGINE, type EngineName } from "./engine";
import * as runs from "./runs";
import type { RunId } from "./runs";

export type { RunId } from "./runs";

export type RunResult<ReturnValue = Value> =
  | { kind: "success"; returnValue: ReturnValue }
  | { kind: "failed"; error: string }
  | { kind: "canceled" };

/** What `onComplete` is given: the arguments of workpool's, with the name of the run. */
export interface OnCompleteArgs<Context, ReturnValue> extends Record<string, unknown> {
  runId: RunId;
  context: Context;
  result: RunResult<ReturnValue>;
}

/** The `args` of an `onComplete`: `args: onCompleteArgs(v.object({ orderId }), v.null())`. */
export function onCompleteArgs<
  Context extends GenericValidator,
  ReturnValue extends GenericValidator,
>(context: Context, returnValue: ReturnValue) {
  return {
    runId: v.id("retryRuns"),
    context,
    result: v.union(
      v.object({ kind: v.literal("success"), returnValue }),
      v.object({ kind: v.literal("failed"), error: v.string() }),
      v.object({ kind: v.literal("canceled") }),
    ),
  };
}

type InternalAction = FunctionReference<"action", "internal">;

type OnComplete<Context, ReturnValue> =
  | {
      /** Told how it ended, again and again until it does not throw. A context is not optional. */
      onComplete: FunctionReference<"mutation", "internal", OnCompleteArgs<Context, ReturnValue>>;
      context: NoInfer<Context>;
    }
  | { onComplete?: undefined; context?: undefined };

/** All of it optional: backoff.ts has the defaults, each with its unit and its reason. */
export type StartOptions<Context, ReturnValue> = Partial<RetryPolicy> &
  OnComplete<Context, ReturnValue> & {
    /** Milliseconds until the first attempt. Default: 0. */
    delayMs?: number;
    /** Another engine than that of engine.ts, for this run. */
    engine?: EngineName;
  };

/** Runs the action until it succeeds or there is no point in it. Nothing happens before the commit. */
export async function start<Action extends InternalAction, Context = null>(
  ctx: MutationCtx,
  action: Action,
  args: FunctionArgs<Action>,
  options: StartOptions<Context, FunctionReturnType<Action>> = {},
): Promise<RunId> {
  const { onComplete, context, delayMs = 0, engine = ENGINE } = options;
  if (!Number.isFinite(delayMs) || delayMs < 0) {
    throw appError("INVALID_ARGUMENT", `delayMs is at least 0, and not ${delayMs}.`);
  }
  const work = {
    action: getFunctionName(action),
    args: args as Record<string, Value>,
    onComplete: onComplete && getFunctionName(onComplete),
    context: (context ?? null) as Value,
    engine,
    policy: policyOf(options),
  };
  return await runs.create(ctx, work, delayMs);
}

export type RunStatus = { attempts: number; lastError?: string } & (
  { kind: "inProgress" } | { kind: "completed"; result: RunResult }
);

/** How a run goes, or null if there is none: 30 days after its end it is forgotten. */
export async function status(ctx: Pick<QueryCtx, "db">, runId: RunId): Promise<RunStatus | null> {
  const run = await ctx.db.get("retryRuns", runId);
  if (run === null) return null;
  const { attempts, lastError, state } = run;
  if (state.kind === "active") return { kind: "inProgress", attempts, lastError };
  // The outcome stands, whether or not `onComplete` has heard of it yet.
  return { kind: "completed", attempts, lastError, result: state.result as RunResult };
}

/**
 * No attempt is begun any more. An attempt that is running cannot be stopped, and is waited for: if
 * it succeeds, the result is its success. Returns false if the run had ended before.
 */
export async function cancel(ctx: MutationCtx, runId: RunId): Promise<boolean> {
  const run = await ctx.db.get("retryRuns", runId);
  return run !== null && (await runs.cancel(ctx, run));
}
