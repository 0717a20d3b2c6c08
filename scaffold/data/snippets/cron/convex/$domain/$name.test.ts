import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { internal } from "../_generated/api";
import { backend, member } from "../test.setup";
import { $NAME_BATCH } from "./model";
import { insert$Item, insertMany$Items } from "./test.fixtures";

const { $name } = internal.$domain.internal;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

test("one run does one batch, and starts the next until none is left", async () => {
  const t = backend();
  const { userId } = await member(t);
  await insertMany$Items(
    t,
    userId,
    2 * $NAME_BATCH + 50,
  );

  const metrics = await t.mutation(async (ctx) => {
    await ctx.runMutation($name, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.documentsWritten.used).toBe($NAME_BATCH);
  expect(metrics.functionsScheduled.used).toBe(1);

  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const rows = await t.run((ctx) => ctx.db.query("$table").take(1000));
  expect(rows.filter((row) => row.$nameAt === undefined)).toEqual([]);
});

test("what was done is not done again", async () => {
  const t = backend();
  const $itemId = await insert$Item(
    t,
    (await member(t)).userId,
  );
  await t.mutation($name, {});
  vi.setSystemTime(NOW + 60 * 60 * 1000);
  await t.mutation($name, {});
  const row = await t.run((ctx) =>
    ctx.db.get("$table", $itemId),
  );
  expect(row?.$nameAt).toBe(NOW);
});
