import { expect, test } from "vitest";
import { internal } from "../_generated/api";
import { backend, documentsReadBy, getJson, member } from "../test.setup";
import { manyOrders, placed } from "./test.fixtures";

test("GET /orders answers with the caller's orders, newest first", async () => {
  const ann = await member(backend());
  const older = await placed(ann, "1");
  const newer = await placed(ann, "2");
  expect(await getJson(ann, "/orders")).toMatchObject({
    orders: [{ orderId: newer, total: 4950 }, { orderId: older }],
  });
});

test("GET /orders is bounded, however many there are", async () => {
  const t = backend();
  const ann = await member(t);
  await manyOrders(t, ann.userId, 50);
  const { orders } = (await getJson(ann, "/orders")) as { orders: unknown[] };
  expect(orders).toHaveLength(20);
  const { newest } = internal.orders.internal;
  expect(await documentsReadBy(t, newest, { ownerId: ann.userId })).toBe(20);
});
