import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, firstPage, member } from "../test.setup";
import { notified } from "./test.fixtures";

const { list, markRead } = api.notifications.public;

test("people are told once for each key, and see the newest first", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const first = await notified(t, ann.userId, "order/1");
  const second = await notified(t, ann.userId, "order/2");
  expect(await notified(t, ann.userId, "order/1")).toBe(first);

  const { page } = await ann.query(list, firstPage());
  expect(page).toMatchObject([
    { notificationId: second, title: "News", body: "About order/2." },
    { notificationId: first },
  ]);
});

test("the same key may be news to somebody else", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  expect(await notified(t, ann.userId)).not.toBe(await notified(t, bob.userId));
});

test("the first time of reading counts", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const notificationId = await notified(t, ann.userId);
  await ann.mutation(markRead, { notificationId });
  const [first] = (await ann.query(list, firstPage())).page;
  await ann.mutation(markRead, { notificationId });
  const [second] = (await ann.query(list, firstPage())).page;
  expect(first?.readAt).toEqual(expect.any(Number));
  expect(second).toEqual(first);
});

test("list reads one page and the caller", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await t.run(async (ctx) => {
    for (let i = 0; i < 150; i += 1) {
      await ctx.db.insert("notifications", {
        ownerId: ann.userId,
        key: `bulk/${i}`,
        title: "",
        body: "",
        delivery: { kind: "inboxOnly" },
      });
    }
  });
  expect(await documentsReadBy(ann, list, firstPage(10_000))).toBe(MAX_PAGE_SIZE + 1);
});
