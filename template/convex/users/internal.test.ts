import { DAY } from "@convex-dev/rate-limiter";
import { afterEach, expect, test, vi } from "vitest";
import { components, internal } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { LIMITS, limitRate } from "../lib/rateLimits";
import { admin, backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";

const { caller, countByRole, forgetOldCounts, page } = internal.users.internal;

afterEach(() => {
  vi.useRealTimers();
});

test("caller says who an action runs for", async () => {
  const t = backend();
  const boss = await admin(t);
  expect(await boss.query(caller, {})).toEqual({
    userId: boss.userId,
    role: "admin",
  });
  await expectRefusal(t.query(caller, {}), "UNAUTHENTICATED");
});

test("forgetOldCounts drops counts that began more than a day ago", async () => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1), toFake: ["Date"] });
  const t = backend();
  const isKept = (key: string) =>
    t.query(async (ctx) => {
      const { getValue } = components.rateLimiter.lib;
      const count = { name: "anonymous", key, config: LIMITS.anonymous };
      return (await ctx.runQuery(getValue, count)).ts > 0;
    });

  await t.action((ctx) => limitRate(ctx, "anonymous", "old"));
  vi.setSystemTime(Date.now() + DAY);
  await t.action((ctx) => limitRate(ctx, "anonymous", "new"));
  await t.mutation(forgetOldCounts, {});
  expect([await isKept("old"), await isKept("new")]).toEqual([false, true]);
});

test("countByRole counts people beyond the first page", async () => {
  const t = backend();
  await admin(t);
  for (let i = 0; i < 150; i += 1) await member(t, `somebody ${i}`);
  expect(await t.action(countByRole, {})).toEqual({ member: 150, support: 0, admin: 1 });
  expect(await documentsReadBy(t, page, firstPage(10_000))).toBe(MAX_PAGE_SIZE);
});
