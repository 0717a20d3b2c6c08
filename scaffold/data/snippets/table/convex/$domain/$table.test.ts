import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";
import { insert$Item, insertMany$Items } from "./test.fixtures";

const { create$Item } = api.$domain.public;
const { get$Item } = api.$domain.public;
const { list$Items } = api.$domain.public;

const draft = (requestId: string, title = "A title") => ({ requestId, title });

test("a repeated request finds the first row", async () => {
  const ann = await member(backend());
  const first = await ann.mutation(create$Item, draft("request-1"));
  const again = await ann.mutation(
    create$Item,
    draft("request-1", "Another title"),
  );
  expect(again).toBe(first);
  const other = await ann.mutation(create$Item, draft("request-2"));
  expect(other).not.toBe(first);
  expect((await ann.query(list$Items, firstPage())).page).toHaveLength(2);
});

test("a row shows its title, and neither its owner nor its request id", async () => {
  const ann = await member(backend());
  const $itemId = await ann.mutation(
    create$Item,
    draft("request-1"),
  );
  const row = await ann.query(get$Item, { $itemId });
  expect(row).toMatchObject({ $itemId, title: "A title" });
  expect(row).not.toHaveProperty("ownerId");
  expect(row).not.toHaveProperty("requestId");
});

test.each([
  ["no request id", draft("")],
  ["a long request id", draft("x".repeat(65))],
  ["no title", draft("request-1", "")],
  ["a long title", draft("request-1", "x".repeat(101))],
])("%s is refused", async (_, call) => {
  const ann = await member(backend());
  await expectRefusal(ann.mutation(create$Item, call), "INVALID_ARGUMENT");
});

test("the caller's rows are listed, newest first", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const older = await insert$Item(t, ann.userId);
  const newer = await insert$Item(t, ann.userId);
  await insert$Item(t, (await member(t, "bob")).userId);
  const { page } = await ann.query(list$Items, firstPage());
  expect(page.map((row) => row.$itemId)).toEqual([newer, older]);
});

test("the list reads one page and the caller, whatever there is and is asked for", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await insertMany$Items(t, ann.userId, 150);
  const read = await documentsReadBy(ann, list$Items, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});
