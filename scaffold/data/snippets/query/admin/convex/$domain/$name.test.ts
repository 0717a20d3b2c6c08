import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { admin, backend, documentsReadBy, firstPage, member } from "../test.setup";
import { insert$Item, insertMany$Items } from "./test.fixtures";

const { $name } = api.$domain.admin;

test("everybody's rows are listed, newest first", async () => {
  const t = backend();
  const boss = await admin(t);
  const first = await insert$Item(t, (await member(t, "ann")).userId);
  const second = await insert$Item(t, (await member(t, "bob")).userId);
  const { page } = await boss.query($name, firstPage());
  const ids = page.map((row) => row.$itemId);
  expect(ids.filter((id) => id === first || id === second)).toEqual([second, first]);
});

test("one page and the caller are read, whatever there is and is asked for", async () => {
  const t = backend();
  const boss = await admin(t);
  await insertMany$Items(t, boss.userId, 150);
  const read = await documentsReadBy(boss, $name, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});
