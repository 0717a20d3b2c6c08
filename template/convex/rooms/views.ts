/**
 * What others get to see of rooms. Whole documents never leave: a field that is added to a table
 * stays inside until it is added here.
 *
 * A view holds what one part of a page shows, and no more: the less a query reads, the less often
 * it runs again.
 */
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";

/** A line in the list of rooms, and the heading of one. */
export const roomView = v.object({
  roomId: v.id("rooms"),
  name: v.string(),
});

export const messageView = v.object({
  messageId: v.id("roomMessages"),
  authorName: v.string(),
  /** Whether the caller wrote it, and so may remove it. Ids of people stay inside. */
  isMine: v.boolean(),
  body: v.string(),
  sentAt: v.number(),
});

/** Somebody who is in a room. */
export const presentView = v.object({
  name: v.string(),
  isMe: v.boolean(),
});

export function toRoomView(room: Doc<"rooms">): Infer<typeof roomView> {
  return { roomId: room._id, name: room.name };
}

export function toMessageView(
  message: Doc<"roomMessages">,
  callerId: Id<"users">,
): Infer<typeof messageView> {
  const { _id, _creationTime, ownerId, authorName, body } = message;
  return {
    messageId: _id,
    authorName,
    isMine: ownerId === callerId,
    body,
    sentAt: _creationTime,
  };
}

export function toPresentView(
  presence: Doc<"roomPresence">,
  callerId: Id<"users">,
): Infer<typeof presentView> {
  return { name: presence.name, isMe: presence.userId === callerId };
}
