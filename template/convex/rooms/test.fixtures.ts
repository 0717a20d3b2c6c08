/**
 * Rooms for the tests of this domain.
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Backend, Visitor } from "../test.setup";
import { member } from "../test.setup";
import { SHARDS } from "./counters";

export async function room(visitor: Visitor, name = "Foyer"): Promise<Id<"rooms">> {
  return await visitor.mutation(api.rooms.public.create, { requestId: name, name });
}

export async function said(visitor: Visitor, roomId: Id<"rooms">, body: string) {
  return await visitor.mutation(api.rooms.public.send, { roomId, requestId: body, body });
}

/** A room of somebody who is not part of the story: they are in it, and have said "hello". */
export async function foreignRoom(t: Backend) {
  const owner = await member(t, "owner");
  const roomId = await room(owner);
  await owner.mutation(api.rooms.public.beat, { roomId });
  return { roomId, messageId: await said(owner, roomId, "hello") };
}

/** A room with `count` messages and people, beside as many rooms. Everybody was seen just now. */
export async function busyRoom(t: Backend, userId: Id<"users">, count: number) {
  return await t.run(async (ctx) => {
    const lastSeenAt = Date.now();
    const request = { createdBy: userId, requestId: "busy" };
    const roomId = await ctx.db.insert("rooms", { name: "Busy", ...request });
    for (let shard = 0; shard < SHARDS; shard += 1) {
      await ctx.db.insert("roomCounters", { roomId, shard, messages: count / SHARDS });
    }
    for (let i = 0; i < count; i += 1) {
      const name = `guest ${i}`;
      await ctx.db.insert("rooms", { name, createdBy: userId, requestId: `bulk-${i}` });
      const message = { authorName: name, body: "hello", requestId: `bulk-${i}` };
      await ctx.db.insert("roomMessages", { roomId, ownerId: userId, ...message });
      const user = { tokenIdentifier: `tests|${name}`, role: "member" as const, name };
      const guestId = await ctx.db.insert("users", user);
      const presenceId = await ctx.db.insert("roomPresence", { roomId, userId: guestId, name });
      await ctx.db.insert("roomHeartbeats", { presenceId, roomId, userId: guestId, lastSeenAt });
    }
    return roomId;
  });
}
