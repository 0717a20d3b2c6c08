/**
 * Idempotency keys: whatever may be sent twice is done once.
 *
 * Two ways to use them. What one mutation does whole goes through `withIdempotencyKey`: claim, work
 * and result are one transaction. What spans an action is claimed by the mutation that commits the
 * intent (`claim`), and settled by the one that records the outcome (`complete` or `fail`).
 *
 * Safe against two at a time: both would read the same gap in the index, and Convex runs the second
 * again after the first has filled it. For mutations only: between the calls of an action, two
 * requests could both find nothing.
 *
 * | where it comes from | scope            | key                      | owner        | request      |
 * | ------------------- | ---------------- | ------------------------ | ------------ | ------------ |
 * | a client            | `"orders/place"` | its request id           | its user's id | its `args`  |
 * | a webhook           | `"stripe/event"` | the provider's event id  | none         | `null`       |
 * | scheduled work      | `"daily/report"` | the day, passed along    | none         | its `args`   |
 */
import { getConvexSize, type Value } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { appError } from "../lib/errors";
import { shortened } from "./errors";
import { fingerprint } from "./fingerprint";

/** In characters, for scopes, keys and owners. A UUID has 36, the event ids of providers up to 60. */
export const MAX_KEY_LENGTH = 256;

/** In bytes. A result is read by every repetition; of a larger one, store the id. */
export const MAX_RESULT_BYTES = 64 * 1024;

/**
 * How long the end of a key is remembered, in milliseconds: 7 days. Providers send a webhook again
 * for 3 to 5 days, and people come back to an open page after a weekend.
 */
export const KEEP_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * How long a claim is believed to be worked on, in milliseconds: 2 hours. Longer than a run with
 * the default policy can take, or somebody could begin again while it is still under way.
 */
export const LEASE_MS = 2 * 60 * 60 * 1000;

export interface Claim {
  /** What is done once for a key, named after who does it: `"payments/charge"`. */
  scope: string;
  key: string;
  /** What the key stands for. The same key with another request is refused. `null`: not compared. */
  request: Value;
  /** Whose key it is. Without it, one person's key would answer another's request. */
  owner?: string;
  /** How long its end is remembered, in milliseconds. Default: KEEP_FOR_MS. */
  keepForMs?: number;
  /** How long it may take until it counts as stuck, in milliseconds. Default: LEASE_MS. */
  leaseMs?: number;
}

export type ClaimId = Id<"idempotencyKeys">;

export type Claimed =
  /** Do it. `attempt` counts from 1; a later one follows a failure, or a claim that was stuck. */
  | { state: "new"; claimId: ClaimId; attempt: number }
  /** Somebody is at it. */
  | { state: "inProgress"; claimId: ClaimId; attempt: number }
  /** It has been done, with this result. */
  | { state: "done"; claimId: ClaimId; attempt: number; result: Value };

/**
 * Runs `fn` once for each key, and answers every repetition with the result of that once.
 *
 * One transaction: when `fn` throws, nothing has happened, the key included, and the next one with
 * that key tries again. What `fn` returns is stored, so return an id rather than a document.
 */
export async function withIdempotencyKey<Result extends Value>(
  ctx: MutationCtx,
  operation: Claim,
  fn: () => Promise<Result> | Result,
): Promise<Result> {
  const claimed = await claim(ctx, operation);
  switch (claimed.state) {
    case "done":
      return claimed.result as Result;
    case "inProgress":
      throw appError("IN_PROGRESS", "This request is being worked on.");
    case "new": {
      const result = await fn();
      await complete(ctx, claimed.claimId, result);
      return result;
    }
  }
}

/** Claims a key for a flow that spans an action. End it with `complete` or `fail`. */
export async function claim(ctx: MutationCtx, operation: Claim): Promise<Claimed> {
  requireLengths(operation);
  const { scope, key, owner, request, keepForMs = KEEP_FOR_MS, leaseMs = LEASE_MS } = operation;
  const requested = await fingerprint(request);
  const state = { kind: "inProgress" as const, leaseUntil: Date.now() + leaseMs };
  const earlier = await find(ctx, operation);
  if (earlier === null) {
    const row = { scope, key, owner, fingerprint: requested, state, attempts: 1, keepForMs };
    return { state: "new", claimId: await ctx.db.insert("idempotencyKeys", row), attempt: 1 };
  }
  if (earlier.fingerprint !== requested) {
    throw appError("KEY_REUSED", "This key was used for another request. Choose a new one.");
  }
  const answer = answerTo(earlier);
  if (answer !== null) return answer;
  const attempt = earlier.attempts + 1;
  const again = { state, attempts: attempt, keepForMs, expiresAt: undefined };
  await ctx.db.patch("idempotencyKeys", earlier._id, again);
  return { state: "new", claimId: earlier._id, attempt };
}

/** Stores the result that answers every repetition. The first one counts: a second changes nothing. */
export async function complete(ctx: MutationCtx, claimId: ClaimId, result: Value): Promise<void> {
  const size = getConvexSize(result);
  if (size > MAX_RESULT_BYTES) {
    throw appError(
      "INVALID_ARGUMENT",
      `A result of ${size} bytes is too large to be stored with a key: return its id.`,
    );
  }
  const row = await open(ctx, claimId);
  if (row === null) return;
  const doneAt = Date.now();
  await ctx.db.patch("idempotencyKeys", claimId, {
    state: { kind: "done", result, doneAt },
    expiresAt: doneAt + row.keepForMs,
  });
}

/** Says that it went wrong, so that the next one with this key begins again. */
export async function fail(ctx: MutationCtx, claimId: ClaimId, error: string): Promise<void> {
  const row = await open(ctx, claimId);
  if (row === null) return;
  const failedAt = Date.now();
  await ctx.db.patch("idempotencyKeys", claimId, {
    state: { kind: "failed", failedAt },
    lastError: shortened(error),
    expiresAt: failedAt + row.keepForMs,
  });
}

/** A claim whose outcome is still wanted. What is done, or expired, needs no other. */
async function open(ctx: MutationCtx, claimId: ClaimId): Promise<Doc<"idempotencyKeys"> | null> {
  const row = await ctx.db.get("idempotencyKeys", claimId);
  return row === null || row.state.kind === "done" ? null : row;
}

async function find(
  ctx: MutationCtx,
  { scope, key, owner }: Claim,
): Promise<Doc<"idempotencyKeys"> | null> {
  return await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_scope_and_key_and_owner", (q) =>
      q.eq("scope", scope).eq("key", key).eq("owner", owner),
    )
    .unique();
}

/** What a repetition is answered without being begun again; null if it may begin. */
function answerTo({ _id: claimId, attempts: attempt, state }: Doc<"idempotencyKeys">) {
  switch (state.kind) {
    case "done":
      return { state: "done", claimId, attempt, result: state.result as Value } as const;
    case "inProgress":
      // The cron may be late; the lease counts.
      if (state.leaseUntil <= Date.now()) return null;
      return { state: "inProgress", claimId, attempt } as const;
    case "abandoned":
      throw appError("CONFLICT", "This request was given up. Send it with a new key.");
    case "failed":
    case "stuck":
      return null;
  }
}

function requireLengths({ scope, key, owner }: Claim): void {
  const lengths = [scope.length, key.length, owner?.length ?? 1];
  if (lengths.some((length) => length < 1 || length > MAX_KEY_LENGTH)) {
    throw appError("INVALID_ARGUMENT", "The idempotency key is empty or too long.");
  }
}
