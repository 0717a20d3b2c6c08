import { beforeEach, afterEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";
import { TIME_TO_PAY_MS } from "./model";
import { draft, manyOrders, placed } from "./test.fixtures";

const { cancel, get, list, place } = api.orders.public;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("an order has our prices, a total, and a time to pay", async () => {
  const ann = await member(backend());
  const orderId = await placed(ann);
  expect(await ann.query(get, { orderId })).toMatchObject({
    orderId,
    currency: "EUR",
    items: [
      { sku: "mug", quantity: 2, unitPrice: 1200 },
      { sku: "poster", quantity: 1, unitPrice: 2550 },
    ],
    total: 4950,
    state: { kind: "unpaid", payBefore: NOW + TIME_TO_PAY_MS },
  });
});

test("an order shows neither its owner nor its request id", async () => {
  const ann = await member(backend());
  const order = await ann.query(get, { orderId: await placed(ann) });
  expect(order).not.toHaveProperty("ownerId");
  expect(order).not.toHaveProperty("requestId");
});

test("a repeated request finds the first order", async () => {
  const ann = await member(backend());
  const first = await placed(ann, "request-1");
  const again = await Promise.all([placed(ann, "request-1"), placed(ann, "request-1")]);
  expect(again).toEqual([first, first]);
  expect(await placed(ann, "request-2")).not.toBe(first);
  expect((await ann.query(list, firstPage())).page).toHaveLength(2);
});

test.each(["", "x".repeat(65)])("the request id %j is refused", async (id) => {
  const ann = await member(backend());
  await expectRefusal(ann.mutation(place, draft(id)), "INVALID_ARGUMENT");
});

test("a price in the request is refused", async () => {
  const ann = await member(backend());
  const items = [{ sku: "mug", quantity: 1, unitPrice: 1 }];
  await expect(ann.mutation(place, { ...draft(), items })).rejects.toThrow("unitPrice");
});

test("list goes through the caller's orders, newest first", async () => {
  const ann = await member(backend());
  const older = await placed(ann, "1");
  const newer = await placed(ann, "2");
  const first = await ann.query(list, firstPage(1));
  expect(first.page).toMatchObject([{ orderId: newer }]);
  const paginationOpts = { numItems: 1, cursor: first.continueCursor };
  const second = await ann.query(list, { paginationOpts });
  expect(second.page).toMatchObject([{ orderId: older }]);
});

test("list reads one page and the caller, whatever there is and is asked for", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await manyOrders(t, ann.userId, 150);
  await manyOrders(t, (await member(t, "bob")).userId, 150);
  const read = await documentsReadBy(ann, list, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});

test("an unpaid order can be cancelled, once", async () => {
  const ann = await member(backend());
  const orderId = await placed(ann);
  await ann.mutation(cancel, { orderId });
  expect((await ann.query(get, { orderId })).state).toEqual({
    kind: "cancelled",
    cancelledAt: NOW,
  });
  await expectRefusal(ann.mutation(cancel, { orderId }), "CONFLICT");
});

test("a paid order cannot be cancelled", async () => {
  const t = backend();
  const ann = await member(t);
  const orderId = await placed(ann);
  await t.mutation(internal.orders.internal.markPaid, { orderId });
  await expectRefusal(ann.mutation(cancel, { orderId }), "CONFLICT");
});
