/**
 * What each part of the page costs, in a room with a thousand messages and a thousand people:
 *
 *     npx vitest run convex/rooms/cost.test.ts --reporter=verbose
 */
import type { FunctionReference, OptionalRestArgs } from "convex/server";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id, TableNames } from "../_generated/dataModel";
import { backend, documentsReadBy, firstPage, member } from "../test.setup";
import { SHARDS } from "./counters";
import { MAX_PRESENT } from "./presence";
import { busyRoom } from "./test.fixtures";

const { beat, get, list, messageCount, messages, present, send } = api.rooms.public;

const PAGE = 30;
const THE_CALLER = 1;

const t = backend();
let ann: Awaited<ReturnType<typeof member>>;
let roomId: Id<"rooms">;

beforeAll(async () => {
  ann = await member(t, "ann");
  roomId = await busyRoom(t, ann.userId, 1000);
  await ann.mutation(beat, { roomId });
});

describe("documents read", () => {
  test(`by a page of messages: ${PAGE + THE_CALLER}`, async () => {
    const args = { roomId, ...firstPage(PAGE) };
    expect(await documentsReadBy(ann, messages, args)).toBe(PAGE + THE_CALLER);
  });

  test(`by their number: ${SHARDS + THE_CALLER}`, async () => {
    expect(await documentsReadBy(ann, messageCount, { roomId })).toBe(SHARDS + THE_CALLER);
  });

  test(`by who is there: ${MAX_PRESENT + THE_CALLER}`, async () => {
    expect(await documentsReadBy(ann, present, { roomId })).toBe(MAX_PRESENT + THE_CALLER);
  });

  test(`by the room's name: ${1 + THE_CALLER}`, async () => {
    expect(await documentsReadBy(ann, get, { roomId })).toBe(1 + THE_CALLER);
  });

  test(`by a page of rooms: ${PAGE + THE_CALLER}`, async () => {
    expect(await documentsReadBy(ann, list, firstPage(PAGE))).toBe(PAGE + THE_CALLER);
  });
});

type RoomMutation = FunctionReference<"mutation", "public", { roomId: Id<"rooms"> }>;

/** Documents that one call writes. */
async function writtenBy<Mutation extends RoomMutation>(
  mutation: Mutation,
  ...args: OptionalRestArgs<Mutation>
): Promise<number> {
  const metrics = await ann.mutation(async (ctx) => {
    await ctx.runMutation(mutation, ...args);
    return await ctx.meta.getTransactionMetrics();
  });
  return metrics.documentsWritten.used;
}

async function rowsOf<Table extends TableNames>(table: Table) {
  return await t.run((ctx) => ctx.db.query(table).take(2000));
}

describe("documents written", () => {
  test("by a beat: 1, which no query reads", async () => {
    const before = await rowsOf("roomPresence");
    expect(await writtenBy(beat, { roomId })).toBe(1);
    expect(await rowsOf("roomPresence")).toEqual(before);
  });

  test("by a message: 3 (itself, a counter row, the sender's rate limit), and not the room", async () => {
    const before = await rowsOf("rooms");
    expect(await writtenBy(send, { roomId, requestId: "1", body: "hello" })).toBe(3);
    expect(await rowsOf("rooms")).toEqual(before);
  });

  test(`by ${SHARDS} messages at once: a counter row each, so that none waits for another`, async () => {
    const random = vi.spyOn(Math, "random");
    const before = await rowsOf("roomCounters");
    for (let shard = 0; shard < SHARDS; shard += 1) {
      random.mockReturnValue(shard / SHARDS);
      await ann.mutation(send, { roomId, requestId: `at once ${shard}`, body: "hello" });
    }
    const after = await rowsOf("roomCounters");
    expect(after.map(({ messages }) => messages)).toEqual(
      before.map(({ messages }) => messages + 1),
    );
  });
});
