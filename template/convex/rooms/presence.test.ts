import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { backend, member } from "../test.setup";
import { SWEEP_BATCH, TIME_TO_BEAT_MS } from "./presence";
import { busyRoom, room } from "./test.fixtures";

const { beat, leave, present } = api.rooms.public;
const { sweep } = internal.rooms.internal;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

test("who beats is there, once, until they leave", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  const roomId = await room(ann);
  for (const person of [ann, bob, bob]) await person.mutation(beat, { roomId });
  expect(await ann.query(present, { roomId })).toEqual([
    { name: "ann", isMe: true },
    { name: "bob", isMe: false },
  ]);
  await bob.mutation(leave, { roomId });
  await bob.mutation(leave, { roomId });
  expect(await ann.query(present, { roomId })).toEqual([{ name: "ann", isMe: true }]);
});

test("who stops beating is taken away", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  const roomId = await room(ann);
  await ann.mutation(beat, { roomId });
  await bob.mutation(beat, { roomId });
  vi.setSystemTime(NOW + TIME_TO_BEAT_MS);
  await bob.mutation(beat, { roomId });
  await t.mutation(sweep, {});
  expect(await bob.query(present, { roomId })).toHaveLength(2);
  vi.setSystemTime(NOW + TIME_TO_BEAT_MS + 1);
  await t.mutation(sweep, {});
  expect(await bob.query(present, { roomId })).toEqual([{ name: "bob", isMe: true }]);
});

test("one run takes away one batch, and starts the next until none is left", async () => {
  const t = backend();
  const ann = await member(t);
  const roomId = await busyRoom(t, ann.userId, 2 * SWEEP_BATCH + 8);
  vi.setSystemTime(NOW + 2 * TIME_TO_BEAT_MS);
  const metrics = await t.mutation(async (ctx) => {
    await ctx.runMutation(sweep, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.documentsWritten.used).toBe(2 * SWEEP_BATCH);
  expect(metrics.functionsScheduled.used).toBe(1);

  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await ann.query(present, { roomId })).toEqual([]);
});
