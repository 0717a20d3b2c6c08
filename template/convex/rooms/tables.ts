/**
 * The tables of this domain. Imported by schema.ts, so it may import no functions.
 *
 * Whoever reads a document runs again when it is written. So what changes at different times, or is
 * read by different people, lies in different tables: rooms never change, messages are added,
 * presence changes when somebody comes or goes, heartbeats all the time. Times are milliseconds
 * since 1970, as `Date.now()` gives them.
 */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const roomTables = {
  /**
   * Rooms, which everybody who has signed in may enter.
   *
   * Written by: rooms/public:create, and never again: every page holds a list of them.
   * Read by: rooms/public:list, get, send and beat.
   * Deleted by: nobody.
   */
  rooms: defineTable({
    name: v.string(),
    createdBy: v.id("users"),
    /** Chosen by the client for each new room, so that a repeated request is recognised. */
    requestId: v.string(),
  })
    // Read by model.ts: create. Request first: it finds one row by itself.
    .index("by_requestId_and_createdBy", ["requestId", "createdBy"]),

  /**
   * What was said.
   *
   * Written by: rooms/public:send.
   * Read by: rooms/public:messages and remove.
   * Deleted by: rooms/public:remove (the author).
   */
  roomMessages: defineTable({
    roomId: v.id("rooms"),
    ownerId: v.id("users"),
    /** As it was then: a page of messages reads messages, and no users. */
    authorName: v.string(),
    body: v.string(),
    /** Chosen by the client for each new message, so that a repeated request is recognised. */
    requestId: v.string(),
  })
    // Read by model.ts: messagesOf, for rooms/public:messages.
    .index("by_roomId", ["roomId"])
    // Read by model.ts: send.
    .index("by_requestId_and_ownerId", ["requestId", "ownerId"]),

  /**
   * How many messages a room has, in up to SHARDS rows (counters.ts) that have to be added up.
   *
   * Written by: rooms/public:send and remove, in the same transaction as the message.
   * Read by: rooms/public:messageCount.
   * Deleted by: nobody.
   */
  roomCounters: defineTable({
    roomId: v.id("rooms"),
    /** From 0 to SHARDS - 1. */
    shard: v.number(),
    /** What was counted in this row. Below zero where more was taken away than added. */
    messages: v.number(),
  })
    // Read by counters.ts: add for one shard, total for all of a room.
    .index("by_roomId_and_shard", ["roomId", "shard"]),

  /**
   * Who is in a room. A row comes and goes with a person, and is never changed.
   *
   * Written by: rooms/public:beat, the first time.
   * Read by: rooms/public:present.
   * Deleted by: rooms/public:leave, rooms/internal:sweep.
   */
  roomPresence: defineTable({
    roomId: v.id("rooms"),
    userId: v.id("users"),
    /** As it was then. */
    name: v.string(),
  })
    // Read by presence.ts: presentIn, for rooms/public:present.
    .index("by_roomId", ["roomId"]),

  /**
   * When each of them was last heard of. Written every few seconds, and therefore not a field of
   * roomPresence, where each beat would run the query of everybody in the room again.
   *
   * Written by: rooms/public:beat.
   * Read by: rooms/public:beat and leave, rooms/internal:sweep. By no query.
   * Deleted by: with its row in roomPresence.
   */
  roomHeartbeats: defineTable({
    presenceId: v.id("roomPresence"),
    roomId: v.id("rooms"),
    userId: v.id("users"),
    lastSeenAt: v.number(),
  })
    // Read by presence.ts: beat, leave.
    .index("by_roomId_and_userId", ["roomId", "userId"])
    // Read by presence.ts: sweep, for the cron.
    .index("by_lastSeenAt", ["lastSeenAt"]),
};
