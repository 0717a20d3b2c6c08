/**
 * How long to wait: for the next attempt, for the next look, for the next delivery. Pure but for
 * the dice. Every number has its unit and its reason.
 */
import type { Infer } from "convex/values";
import { appError } from "../lib/errors";
import type { retryPolicy } from "./tables";

export type RetryPolicy = Infer<typeof retryPolicy>;

/** Together: attempts for 9 to 18 minutes, as the dice fall, which outlasts a deployment of the other side. */
export const DEFAULT_POLICY: RetryPolicy = {
  /** Milliseconds before the second attempt. A hiccup is over after one second. */
  initialBackoffMs: 1000,
  /** Milliseconds between two attempts, at most: an outage should not be slept through. */
  maxBackoffMs: 5 * 60 * 1000,
  /** Factor from one wait to the next: whoever is drowning gets half the load each time. */
  base: 2,
  /** Failures until it gives up: at most this many attempts. Not fewer by one. */
  maxFailures: 12,
  /** Milliseconds from the start until no attempt is begun. After an hour nobody is waiting. */
  deadlineMs: 60 * 60 * 1000,
};

export interface Backoff {
  initialMs: number;
  maxMs: number;
  base: number;
}

/**
 * Between two looks at an attempt under way. Attempts report themselves, so a look only finds those
 * that crashed: soon for short ones, and at little cost for one that takes half an hour.
 */
export const CHECK_BACKOFF: Backoff = { initialMs: 1000, maxMs: 60 * 1000, base: 2 };

/** Between two calls of an `onComplete` that throws: at first it was a conflict, later it is a bug. */
export const DELIVERY_BACKOFF: Backoff = { initialMs: 1000, maxMs: 60 * 60 * 1000, base: 2 };

/** Calls of `onComplete` until somebody has to look: about 9 hours, time to deploy a repair. */
export const MAX_DELIVERIES = 20;

/**
 * The wait after so many times, in milliseconds: doubled each time, capped, and between half and all
 * of that, so that those who failed together do not come back together.
 */
export function waitMs(times: number, { initialMs, maxMs, base }: Backoff): number {
  const nominal = Math.min(maxMs, initialMs * base ** Math.max(0, times - 1));
  return Math.round(nominal * (0.5 + Math.random() / 2));
}

export function retryBackoff({ initialBackoffMs, maxBackoffMs, base }: RetryPolicy): Backoff {
  return { initialMs: initialBackoffMs, maxMs: maxBackoffMs, base };
}

/** The policy with its defaults, or a refusal of numbers that would never end or never begin. */
export function policyOf(wanted: Partial<RetryPolicy>): RetryPolicy {
  const { initialBackoffMs, maxBackoffMs, base, maxFailures, deadlineMs } = wanted;
  const policy = {
    initialBackoffMs: initialBackoffMs ?? DEFAULT_POLICY.initialBackoffMs,
    maxBackoffMs: maxBackoffMs ?? DEFAULT_POLICY.maxBackoffMs,
    base: base ?? DEFAULT_POLICY.base,
    maxFailures: maxFailures ?? DEFAULT_POLICY.maxFailures,
    deadlineMs: deadlineMs ?? DEFAULT_POLICY.deadlineMs,
  };
  requireAtLeast(1, "base", policy.base);
  requireAtLeast(1, "initialBackoffMs", policy.initialBackoffMs);
  requireAtLeast(1, "maxBackoffMs", policy.maxBackoffMs);
  requireAtLeast(1, "deadlineMs", policy.deadlineMs);
  requireAtLeast(1, "maxFailures", policy.maxFailures);
  if (!Number.isInteger(policy.maxFailures)) {
    throw appError("INVALID_ARGUMENT", "maxFailures is a whole number.");
  }
  return policy;
}

function requireAtLeast(least: number, name: string, value: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw appError("INVALID_ARGUMENT", `${name} is at least ${least}, and not ${value}.`);
}
