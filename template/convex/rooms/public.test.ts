import { expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { LIMITS } from "../lib/rateLimits";
import { backend, expectRefusal, firstPage, member } from "../test.setup";
import { SHARDS } from "./counters";
import { room, said } from "./test.fixtures";

const { create, get, list, messageCount, messages, remove, send } = api.rooms.public;

test("rooms are listed newest first, page by page", async () => {
  const ann = await member(backend());
  for (const name of ["Foyer", "Kitchen", "Roof"]) await room(ann, name);
  const first = await ann.query(list, firstPage(2));
  expect(first.page.map(({ name }) => name)).toEqual(["Roof", "Kitchen"]);
  const paginationOpts = { numItems: 2, cursor: first.continueCursor };
  const second = await ann.query(list, { paginationOpts });
  expect(second.page.map(({ name }) => name)).toEqual(["Foyer"]);
});

test("a repeated request finds the first room", async () => {
  const ann = await member(backend());
  const [first, again] = await Promise.all([room(ann), room(ann)]);
  expect(again).toBe(first);
});

test("everybody in a room sees who said what, and what is theirs", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  const roomId = await room(ann);
  await said(ann, roomId, " hello ");
  await said(bob, roomId, "hi");
  const { page } = await bob.query(messages, { roomId, ...firstPage() });
  expect(page).toMatchObject([
    { authorName: "bob", isMine: true, body: "hi" },
    { authorName: "ann", isMine: false, body: "hello" },
  ]);
  expect(Object.keys(page[0] ?? {})).not.toContain("ownerId");
});

test("a repeated message is said and counted once", async () => {
  const ann = await member(backend());
  const roomId = await room(ann);
  const [first, again] = await Promise.all([said(ann, roomId, "1"), said(ann, roomId, "1")]);
  expect(again).toBe(first);
  expect(await ann.query(messageCount, { roomId })).toBe(1);
});

test("a message can be taken away, once, and is no longer counted", async () => {
  const ann = await member(backend());
  const roomId = await room(ann);
  await said(ann, roomId, "this stays");
  const messageId = await said(ann, roomId, "this goes");
  await ann.mutation(remove, { messageId });
  await expectRefusal(ann.mutation(remove, { messageId }), "NOT_FOUND");
  const { page } = await ann.query(messages, { roomId, ...firstPage() });
  expect(page.map(({ body }) => body)).toEqual(["this stays"]);
  expect(await ann.query(messageCount, { roomId })).toBe(1);
});

test("the count is right, whichever row each change is written to", async () => {
  const ann = await member(backend());
  const roomId = await room(ann);
  const random = vi.spyOn(Math, "random");
  for (let shard = 0; shard < SHARDS; shard += 1) {
    random.mockReturnValue(shard / SHARDS);
    await said(ann, roomId, `${shard}`);
  }
  random.mockReturnValue(0.999);
  await ann.mutation(remove, { messageId: await said(ann, roomId, "0") });
  expect(await ann.query(messageCount, { roomId })).toBe(SHARDS - 1);
});

test("somebody who says too much at once has to wait", async () => {
  const ann = await member(backend());
  const roomId = await room(ann);
  const all = Array.from({ length: LIMITS.write.capacity }, (_, n) => said(ann, roomId, `${n}`));
  await expectRefusal(Promise.all(all), "RATE_LIMITED");
});

test.each([
  ["an empty name", { name: " " }],
  ["a long name", { name: "x".repeat(61) }],
  ["an empty request id", { requestId: "" }],
  ["a long request id", { requestId: "x".repeat(65) }],
])("a room with %s is refused", async (_, wrong) => {
  const ann = await member(backend());
  const call = ann.mutation(create, { requestId: "1", name: "Foyer", ...wrong });
  await expectRefusal(call, "INVALID_ARGUMENT");
});

test.each([
  ["nothing in it", { body: "\n" }],
  ["too much in it", { body: "x".repeat(2001) }],
  ["an empty request id", { requestId: "" }],
])("a message with %s is refused", async (_, wrong) => {
  const ann = await member(backend());
  const roomId = await room(ann);
  const call = ann.mutation(send, { roomId, requestId: "1", body: "hello", ...wrong });
  await expectRefusal(call, "INVALID_ARGUMENT");
});

test("nothing can be done in a room that is not there", async () => {
  const t = backend();
  const ann = await member(t);
  const roomId: Id<"rooms"> = await room(ann);
  await t.run((ctx) => ctx.db.delete("rooms", roomId));
  await expectRefusal(ann.query(get, { roomId }), "NOT_FOUND");
  await expectRefusal(said(ann, roomId, "hello"), "NOT_FOUND");
  await expectRefusal(ann.mutation(api.rooms.public.beat, { roomId }), "NOT_FOUND");
});
