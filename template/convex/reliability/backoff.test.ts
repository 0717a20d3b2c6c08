import { expect, test, vi } from "vitest";
import { DEFAULT_POLICY, policyOf, retryBackoff, waitMs } from "./backoff";

const BACKOFF = { initialMs: 1000, maxMs: 10_000, base: 3 };

/** The waits with dice that always show the same. */
function waits(dice: number): number[] {
  vi.spyOn(Math, "random").mockReturnValue(dice);
  return [1, 2, 3, 4, 5].map((times) => waitMs(times, BACKOFF));
}

test("waits grow by the base up to the cap, and never beyond it", () => {
  expect(waits(0.999999)).toEqual([1000, 3000, 9000, 10_000, 10_000]);
});

test("the dice take up to half of a wait, also of the longest", () => {
  expect(waits(0)).toEqual([500, 1500, 4500, 5000, 5000]);
});

test("what is not said is as the defaults say", () => {
  expect(policyOf({})).toEqual(DEFAULT_POLICY);
  expect(policyOf({ maxFailures: 3 })).toEqual({ ...DEFAULT_POLICY, maxFailures: 3 });
  expect(retryBackoff(policyOf({ initialBackoffMs: 5, maxBackoffMs: 7, base: 1 }))).toEqual({
    initialMs: 5,
    maxMs: 7,
    base: 1,
  });
});

test("twelve attempts by default go on for 9 to 18 minutes, and end within the deadline", () => {
  const total = (dice: number) => {
    vi.spyOn(Math, "random").mockReturnValue(dice);
    const backoff = retryBackoff(DEFAULT_POLICY);
    let sum = 0;
    for (let times = 1; times < DEFAULT_POLICY.maxFailures; times += 1) {
      sum += waitMs(times, backoff);
    }
    return sum;
  };
  expect(total(0)).toBeGreaterThan(9 * 60 * 1000);
  expect(total(1)).toBeLessThan(19 * 60 * 1000);
  expect(total(1)).toBeLessThan(DEFAULT_POLICY.deadlineMs);
});
