import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, firstPage, member } from "../test.setup";
import { insert$Item, insertMany$Items } from "./test.fixtures";

const { $name } = api.$domain.public;

test("the caller's rows are listed, last first, and nobody else's", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const [first, second] = await insertMany$Items(t, ann.userId, 2);
  await insert$Item(t, (await member(t, "bob")).userId);
  const { page } = await ann.query($name, firstPage());
  expect(page.map((row) => row.$itemId)).toEqual([second, first]);
});

test("one page and the caller are read, whatever there is and is asked for", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await insertMany$Items(t, ann.userId, 150);
  const read = await documentsReadBy(ann, $name, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});
