import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { admin, backend, documentsReadBy, firstPage, member } from "../test.setup";
import { manyOrders, placed } from "./test.fixtures";

const { listByState } = api.orders.admin;

test("administrators see everybody's orders in one state, newest first", async () => {
  const t = backend();
  const boss = await admin(t);
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  const first = await placed(ann, "1");
  const second = await placed(bob, "1");
  const cancelled = await placed(bob, "2");
  await bob.mutation(api.orders.public.cancel, { orderId: cancelled });

  const unpaid = await boss.query(listByState, {
    kind: "unpaid",
    ...firstPage(),
  });
  expect(unpaid.page.map((order) => order.orderId)).toEqual([second, first]);
  const gone = await boss.query(listByState, {
    kind: "cancelled",
    ...firstPage(),
  });
  expect(gone.page.map((order) => order.orderId)).toEqual([cancelled]);
});

test("listByState reads one page and the caller", async () => {
  const t = backend();
  const boss = await admin(t);
  await manyOrders(t, boss.userId, 150);
  const args = { kind: "unpaid", ...firstPage(10_000) } as const;
  const read = await documentsReadBy(boss, listByState, args);
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});
