/**
 * The tables behind idempotency and retries. Imported by schema.ts, so it may import no functions.
 *
 * Times are milliseconds since 1970, as `Date.now()` gives them.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

/**
 * Any Convex value: arguments, contexts and results belong to the functions they are handed to, and
 * the validators of those functions check them. Never a part of what a public function takes.
 */
export const anyValue = v.any();

/** What has become of a claimed key. One member for each state, with what is known in it. */
export const keyState = v.union(
  /** Somebody is at work. Past `leaseUntil` nobody is believed to be, and it is swept. */
  v.object({ kind: v.literal("inProgress"), leaseUntil: v.number() }),
  /** The stored result answers every repetition. A large one is stored elsewhere: store its id. */
  v.object({ kind: v.literal("done"), result: anyValue, doneAt: v.number() }),
  /** It went wrong and was said so: whoever sends the key again begins again. */
  v.object({ kind: v.literal("failed"), failedAt: v.number() }),
  /** Its lease ran out: it may or may not have happened. A repetition takes it over. */
  v.object({ kind: v.literal("stuck"), sweptAt: v.number() }),
  /** An administrator gave it up: repetitions are refused. */
  v.object({ kind: v.literal("abandoned"), abandonedAt: v.number() }),
);

export const keyStateKind = v.union(
  v.literal("inProgress"),
  v.literal("done"),
  v.literal("failed"),
  v.literal("stuck"),
  v.literal("abandoned"),
);

/** How a run ended. The shape of the official components (workpool's, which has `kind`). */
export const runResult = v.union(
  v.object({ kind: v.literal("success"), returnValue: anyValue }),
  v.object({ kind: v.literal("failed"), error: v.string() }),
  v.object({ kind: v.literal("canceled") }),
);

/** When each way of waiting begins, how it grows and where it ends. Defaults in backoff.ts. */
export const retryPolicy = v.object({
  initialBackoffMs: v.number(),
  maxBackoffMs: v.number(),
  base: v.number(),
  /** Failures until it gives up, so at most as many attempts. */
  maxFailures: v.number(),
  /** From its start until no further attempt is begun. */
  deadlineMs: v.number(),
});

export const runState = v.union(
  v.object({
    kind: v.literal("active"),
    /** What the engine calls the attempt under way, or the next one. */
    job: v.string(),
    /** Between the start of an attempt and its report. */
    running: v.boolean(),
    /** No attempt is begun any more; the one that is running may still succeed. */
    cancelRequested: v.boolean(),
    /** Looks at the job so far that found it alive. The next one is at `wakeAt`. */
    checks: v.number(),
    wakeAt: v.number(),
  }),
  v.object({
    kind: v.literal("delivering"),
    result: runResult,
    /** Calls of `onComplete` so far that threw. */
    failedDeliveries: v.number(),
    /** Missing once it was tried often enough: stuck until an administrator looks. */
    wakeAt: v.optional(v.number()),
  }),
  v.object({ kind: v.literal("completed"), result: runResult, completedAt: v.number() }),
);

export const runStateKind = v.union(
  v.literal("active"),
  v.literal("delivering"),
  v.literal("completed"),
);

export const reliabilityTables = {
  /**
   * One row for each idempotency key that was ever claimed, until it expires.
   *
   * Written by: reliability/idempotency.ts for whoever claims; reliability/internal:sweep;
   * reliability/admin:releaseKey and abandonKey.
   * Read by: the same, and reliability/admin.
   * Deleted by: reliability/internal:expire, once `expiresAt` has passed.
   */
  idempotencyKeys: defineTable({
    /** What is done once for a key: "payments/charge", "stripe/event". */
    scope: v.string(),
    /** The client's request id, the provider's event id. */
    key: v.string(),
    /** Whose key it is: two people may choose the same. Missing where keys belong to nobody. */
    owner: v.optional(v.string()),
    /** SHA-256 of the request, in hexadecimal: the same key with another request is a mistake. */
    fingerprint: v.string(),
    state: keyState,
    /** How often it was begun. */
    attempts: v.number(),
    lastError: v.optional(v.string()),
    /** How long it is kept after it has come to an end, in milliseconds. */
    keepForMs: v.number(),
    /** Missing while it is in progress or stuck: what is open is not forgotten. */
    expiresAt: v.optional(v.number()),
  })
    // Read by idempotency.ts: find, for every claim.
    .index("by_scope_and_key_and_owner", ["scope", "key", "owner"])
    // Read by internal:sweep, and admin:listKeys; within other states it goes by age.
    .index("by_state_kind_and_state_leaseUntil", ["state.kind", "state.leaseUntil"])
    // Read by internal:expire.
    .index("by_expiresAt", ["expiresAt"]),

  /**
   * One row for each call of `start`: what is to be done, and how it goes.
   *
   * Written by: reliability/retry.ts for whoever starts or cancels; reliability/internal while it
   * runs; reliability/admin:replay and abandon.
   * Read by: the same, and reliability/admin.
   * Deleted by: reliability/internal:expire, once `expiresAt` has passed.
   */
  retryRuns: defineTable({
    /** The internal action, by its name: "payments/internal:charge". */
    action: v.string(),
    args: anyValue,
    /** The internal mutation that is told how it ended, and what it is told besides. */
    onComplete: v.optional(v.string()),
    context: anyValue,
    /** Which of engine.ts makes the attempts. */
    engine: v.string(),
    policy: retryPolicy,
    /** No attempt is begun after this. */
    deadline: v.number(),
    /** Attempts that were begun, and those that failed since it was started or replayed. */
    attempts: v.number(),
    failures: v.number(),
    lastError: v.optional(v.string()),
    state: runState,
    /** Missing until it has completed. */
    expiresAt: v.optional(v.number()),
  })
    // Read by internal:sweep for what should have gone on, and admin:listRuns.
    .index("by_state_kind_and_state_wakeAt", ["state.kind", "state.wakeAt"])
    // Read by internal:expire.
    .index("by_expiresAt", ["expiresAt"]),

  /**
   * What administrators did to keys and runs, and why.
   *
   * Written by: reliability/admin, in the transaction that does it.
   * Read by: reliability/admin:listAudit.
   * Deleted by: nobody. It is what explains the rest afterwards.
   */
  reliabilityAudit: defineTable({
    actor: v.id("users"),
    /** "replay", "abandon", "releaseKey" or "abandonKey". */
    deed: v.string(),
    /** The run or the key, as text: it may be gone by the time somebody reads this. */
    target: v.string(),
    /** What that was: the action of the run, or the scope of the key. */
    what: v.string(),
    reason: v.string(),
  }),
};
