/**
 * What clients may call about rooms, which are open to everybody who has signed in.
 *
 * One query for each part of a page, and not one for the page: a new message then sends a page of
 * messages and a number, and neither the rooms nor who is there.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as counters from "./counters";
import * as model from "./model";
import * as presence from "./presence";
import {
  messageView,
  presentView,
  roomView,
  toMessageView,
  toPresentView,
  toRoomView,
} from "./views";

/** Repeat it with the same `requestId` as often as you like: there will be one room. */
export const create = authedMutation({
  rateLimit: "write",
  args: { requestId: v.string(), name: v.string() },
  returns: v.id("rooms"),
  handler: async (ctx, args) => await model.create(ctx, ctx.user._id, args),
});

/** All rooms, newest first. */
export const list = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(roomView),
  handler: async (ctx, args) => {
    const result = await model.rooms(ctx).paginate(bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toRoomView) };
  },
});

export const get = authedQuery({
  args: { roomId: v.id("rooms") },
  returns: roomView,
  handler: async (ctx, args) => toRoomView(await model.getRoom(ctx, args.roomId)),
});

/** Repeat it with the same `requestId` as often as you like: there will be one message. */
export const send = authedMutation({
  rateLimit: "write",
  args: { roomId: v.id("rooms"), requestId: v.string(), body: v.string() },
  returns: v.id("roomMessages"),
  handler: async (ctx, args) => await model.send(ctx, ctx.user, args),
});

/** Takes one's own message away. */
export const remove = authedMutation({
  rateLimit: "write",
  args: { messageId: v.id("roomMessages") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.remove(ctx, ctx.user._id, args.messageId);
    return null;
  },
});

/** The messages of a room, newest first. */
export const messages = authedQuery({
  args: { roomId: v.id("rooms"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(messageView),
  handler: async (ctx, args) => {
    const found = model.messagesOf(ctx, args.roomId);
    const result = await found.paginate(bounded(args.paginationOpts));
    const page = result.page.map((message) => toMessageView(message, ctx.user._id));
    return { ...result, page };
  },
});

/** How many messages a room has, however many that is. */
export const messageCount = authedQuery({
  args: { roomId: v.id("rooms") },
  returns: v.number(),
  handler: async (ctx, args) => await counters.total(ctx, args.roomId),
});

/** Who is in a room: at most MAX_PRESENT people. */
export const present = authedQuery({
  args: { roomId: v.id("rooms") },
  returns: v.array(presentView),
  handler: async (ctx, args) => {
    const people = await presence.presentIn(ctx, args.roomId);
    return people.map((person) => toPresentView(person, ctx.user._id));
  },
});

/**
 * Call it on entering a room, and every 20 seconds: without it for TIME_TO_BEAT_MS one is gone. There
 * is no rate limit, which would cost as much as the beat: however often, it writes one's own row.
 */
export const beat = authedMutation({
  args: { roomId: v.id("rooms") },
  returns: v.null(),
  handler: async (ctx, args) => {
    const person = { userId: ctx.user._id, name: model.displayName(ctx.user) };
    await presence.beat(ctx, args.roomId, person);
    return null;
  },
});

/** Call it on leaving a room. A page that is closed cannot; the cron notices. */
export const leave = authedMutation({
  args: { roomId: v.id("rooms") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await presence.leave(ctx, args.roomId, ctx.user._id);
    return null;
  },
});
