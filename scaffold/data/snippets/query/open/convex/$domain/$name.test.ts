import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, firstPage, member } from "../test.setup";
import { insertMany$Items } from "./test.fixtures";

const { $name } = api.$domain.public;

test("anybody may list the rows, newest first", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const [first, second] = await insertMany$Items(t, ann.userId, 2);
  const { page } = await t.query($name, firstPage());
  const ids = page.map((row) => row.$itemId);
  expect(ids.filter((id) => id === first || id === second)).toEqual([second, first]);
});

test("one page is read, whatever there is and is asked for", async () => {
  const t = backend();
  await insertMany$Items(t, (await member(t, "ann")).userId, 150);
  const read = await documentsReadBy(t, $name, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE);
});
