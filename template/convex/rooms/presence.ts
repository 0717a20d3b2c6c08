/**
 * Who is in a room: everybody whose page said so a short while ago.
 *
 * Queries have no clock. So a page beats, a cron takes away who has stopped, and the query lists
 * what is there. It runs again when somebody comes or goes, and not when somebody stays.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { getRoom } from "./model";

/**
 * Without a beat for this long, in milliseconds, somebody is gone. Browsers let a page that nobody
 * looks at beat once a minute, and it is still there.
 */
export const TIME_TO_BEAT_MS = 90 * 1000;

/** People that a room shows: more names than anybody reads. */
export const MAX_PRESENT = 50;

/** People that one run of the cron takes away: a small transaction, and a quick one. */
export const SWEEP_BATCH = 100;

export async function beat(
  ctx: MutationCtx,
  roomId: Id<"rooms">,
  person: { userId: Id<"users">; name: string },
): Promise<void> {
  const heartbeat = await findHeartbeat(ctx, roomId, person.userId);
  const lastSeenAt = Date.now();
  if (heartbeat !== null) {
    await ctx.db.patch("roomHeartbeats", heartbeat._id, { lastSeenAt });
    return;
  }
  await getRoom(ctx, roomId);
  const presenceId = await ctx.db.insert("roomPresence", { roomId, ...person });
  const { userId } = person;
  await ctx.db.insert("roomHeartbeats", { presenceId, roomId, userId, lastSeenAt });
}

export async function leave(ctx: MutationCtx, roomId: Id<"rooms">, userId: Id<"users">) {
  const heartbeat = await findHeartbeat(ctx, roomId, userId);
  if (heartbeat !== null) await forget(ctx, heartbeat);
}

/** Takes away who has not been heard of, at most SWEEP_BATCH. Returns how many. */
export async function sweep(ctx: MutationCtx): Promise<number> {
  const silent = await ctx.db
    .query("roomHeartbeats")
    .withIndex("by_lastSeenAt", (q) => q.lt("lastSeenAt", Date.now() - TIME_TO_BEAT_MS))
    .take(SWEEP_BATCH);
  await Promise.all(silent.map((heartbeat) => forget(ctx, heartbeat)));
  return silent.length;
}

/** In the order in which they came. */
export async function presentIn(ctx: QueryCtx, roomId: Id<"rooms">) {
  return await ctx.db
    .query("roomPresence")
    .withIndex("by_roomId", (q) => q.eq("roomId", roomId))
    .take(MAX_PRESENT);
}

async function findHeartbeat(ctx: MutationCtx, roomId: Id<"rooms">, userId: Id<"users">) {
  return await ctx.db
    .query("roomHeartbeats")
    .withIndex("by_roomId_and_userId", (q) => q.eq("roomId", roomId).eq("userId", userId))
    .unique();
}

async function forget(ctx: MutationCtx, heartbeat: Doc<"roomHeartbeats">): Promise<void> {
  await ctx.db.delete("roomPresence", heartbeat.presenceId);
  await ctx.db.delete("roomHeartbeats", heartbeat._id);
}
