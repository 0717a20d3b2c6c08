/**
 * Runs and keys for the tests of this domain.
 */
import type { Backend } from "../test.setup";
import { policyOf } from "./backoff";
import { claim, type ClaimId } from "./idempotency";
import type { RunId } from "./retry";

/** A run that came to its end yesterday, and not to a good one. */
export async function failedRun(t: Backend): Promise<RunId> {
  return await t.run(
    async (ctx) =>
      await ctx.db.insert("retryRuns", {
        action: "payments/internal:charge",
        args: { order: "o1" },
        context: null,
        engine: "own",
        policy: policyOf({}),
        deadline: Date.now(),
        attempts: 12,
        failures: 12,
        state: { kind: "completed", result: { kind: "failed", error: "no" }, completedAt: 0 },
      }),
  );
}

/** A key that somebody is at work on. */
export async function claimedKey(t: Backend, key = "k1"): Promise<ClaimId> {
  const operation = { scope: "payments/charge", key, request: { order: "o1" } };
  return await t.mutation(async (ctx) => (await claim(ctx, operation)).claimId);
}
