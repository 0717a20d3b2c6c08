/**
 * How often something may be done. The only module that talks to the rate limiter component.
 *
 * A limit counts successes: when a mutation throws after its check, the count is rolled back with
 * everything else. Where failures must count, too, check in an action or a route, which are no
 * transactions: each check there stands by itself.
 */
import { DAY, MINUTE, RateLimiter, type RateLimitConfig } from "@convex-dev/rate-limiter";
import { components } from "../_generated/api";
import type { ActionCtx, MutationCtx } from "../_generated/server";
import { appError } from "./errors";

/** `rate` calls in `period` milliseconds in the long run, and at most `capacity` at once. */
export const LIMITS = {
  /** Writes of one person: more than hands can make, far less than a loop does. */
  write: { kind: "token bucket", rate: 60, period: MINUTE, capacity: 30 },
  /** Calls of one person that cost money or trouble others: mails, calls to services. */
  costly: { kind: "token bucket", rate: 6, period: MINUTE, capacity: 3 },
  /** Changes to the copies of claims in `users`. Names change rarely, whoever's they are. */
  profile: { kind: "token bucket", rate: 6, period: MINUTE, capacity: 10 },
  /** Calls from one address without an account, which an office or a campus may share. */
  anonymous: { kind: "token bucket", rate: 30, period: MINUTE, capacity: 30 },
} as const satisfies Record<string, RateLimitConfig>;

export type LimitName = keyof typeof LIMITS;

type Ctx = MutationCtx | ActionCtx;

const limiter = new RateLimiter(components.rateLimiter, LIMITS);

/** Counts one call for `key`, or refuses it with RATE_LIMITED. */
export async function limitRate(ctx: Ctx, name: LimitName, key: string): Promise<void> {
  const { ok, retryAfter } = await limiter.limit(ctx, name, { key });
  if (ok) return;
  throw appError("RATE_LIMITED", "Too many calls.", { retryAfter: Math.ceil(retryAfter) });
}

/**
 * Who to count a call for when there may be no user: the person behind the token, else the address
 * the call came from. Calls from nowhere, which only tests make, share one count.
 */
export async function visitorKey(ctx: Ctx): Promise<string> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity !== null) return identity.tokenIdentifier;
  return (await ctx.meta.getRequestMetadata()).ip ?? "nowhere";
}

/**
 * Drops counts that began more than a day ago, so that addresses of visitors are not kept. Whoever
 * is in the middle of one starts afresh, which is no more than what a day gives anyway.
 */
export async function forgetOldCounts(ctx: Pick<MutationCtx, "runMutation">): Promise<void> {
  await ctx.runMutation(components.rateLimiter.lib.clearAll, { before: Date.now() - DAY });
}
