import { expect, test } from "vitest";
import { internal } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, firstPage, member } from "../test.setup";
import { insert$Item, insertMany$Items } from "./test.fixtures";

const { $name } = internal.$domain.internal;

test("somebody's rows are listed, last first, and nobody else's", async () => {
  const t = backend();
  const { userId: ownerId } = await member(t, "ann");
  const [first, second] = await insertMany$Items(t, ownerId, 2);
  await insert$Item(t, (await member(t, "bob")).userId);
  const { page } = await t.query($name, { ownerId, ...firstPage() });
  expect(page.map((row) => row.$itemId)).toEqual([second, first]);
});

test("one page is read, whatever there is and is asked for", async () => {
  const t = backend();
  const { userId: ownerId } = await member(t, "ann");
  await insertMany$Items(t, ownerId, 150);
  const everything = { ownerId, ...firstPage(10_000) };
  const read = await documentsReadBy(t, $name, everything);
  expect(read).toBe(MAX_PAGE_SIZE);
});
