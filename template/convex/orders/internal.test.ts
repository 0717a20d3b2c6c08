import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { backend, expectRefusal, firstPage, member } from "../test.setup";
import { EXPIRY_BATCH } from "./model";
import { manyOrders, placed } from "./test.fixtures";

const { expireUnpaid, markPaid } = internal.orders.internal;
const { get, list } = api.orders.public;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

test("one run expires one batch, and starts the next until none is left", async () => {
  const t = backend();
  const ann = await member(t);
  await manyOrders(t, ann.userId, 2 * EXPIRY_BATCH + 50, NOW - 1);

  const metrics = await t.mutation(async (ctx) => {
    await ctx.runMutation(expireUnpaid, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.documentsWritten.used).toBe(EXPIRY_BATCH);
  expect(metrics.functionsScheduled.used).toBe(1);

  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const { page } = await ann.query(list, firstPage(100));
  expect(page.every((order) => order.state.kind === "expired")).toBe(true);
});

test("orders that can still be paid stay as they are", async () => {
  const t = backend();
  const ann = await member(t);
  const paid = await placed(ann, "paid");
  await t.mutation(markPaid, { orderId: paid });
  await manyOrders(t, ann.userId, 1, NOW);
  await t.mutation(expireUnpaid, {});
  const { page } = await ann.query(list, firstPage());
  expect(page.map((order) => order.state.kind)).toEqual(["unpaid", "paid"]);
});

test("a payment that is reported twice counts once", async () => {
  const t = backend();
  const ann = await member(t);
  const orderId = await placed(ann);
  await t.mutation(markPaid, { orderId });
  vi.setSystemTime(NOW + 1000);
  await t.mutation(markPaid, { orderId });
  const { state } = await ann.query(get, { orderId });
  expect(state).toEqual({ kind: "paid", paidAt: NOW });
});

test("an order that has expired cannot be paid", async () => {
  const t = backend();
  const ann = await member(t);
  const orderId = await placed(ann);
  vi.setSystemTime(NOW + 24 * 60 * 60 * 1000);
  await t.mutation(expireUnpaid, {});
  await expectRefusal(t.mutation(markPaid, { orderId }), "CONFLICT");
});

test("an order that is gone cannot be paid", async () => {
  const t = backend();
  const orderId = await placed(await member(t));
  await t.run((ctx) => ctx.db.delete("orders", orderId));
  await expectRefusal(t.mutation(markPaid, { orderId }), "NOT_FOUND");
});
