/**
 * What can be done in rooms. Plain functions of a ctx; the builders have checked the caller.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireOwned } from "../lib/auth";
import { appError } from "../lib/errors";
import * as counters from "./counters";

/** In characters. A name fits on one line, a message on one screen; a UUID has 36. */
const MAX_NAME_LENGTH = 60;
const MAX_BODY_LENGTH = 2000;
const MAX_REQUEST_ID_LENGTH = 64;

/** What others call somebody whose token has no name. */
const NO_NAME = "Somebody";

export function displayName(user: Doc<"users">): string {
  return user.name ?? NO_NAME;
}

/** Once for each request id: repeating a request gives the room that is there already. */
export async function create(
  ctx: MutationCtx,
  createdBy: Id<"users">,
  { requestId, name }: { requestId: string; name: string },
): Promise<Id<"rooms">> {
  requireText("request id", requestId, MAX_REQUEST_ID_LENGTH);
  requireText("name", name, MAX_NAME_LENGTH);
  const earlier = await ctx.db
    .query("rooms")
    .withIndex("by_requestId_and_createdBy", (q) =>
      q.eq("requestId", requestId).eq("createdBy", createdBy),
    )
    .unique();
  if (earlier !== null) return earlier._id;
  return await ctx.db.insert("rooms", { name: name.trim(), createdBy, requestId });
}

/** Newest first: to be paginated. */
export function rooms(ctx: QueryCtx) {
  return ctx.db.query("rooms").order("desc");
}

export async function getRoom(ctx: QueryCtx, roomId: Id<"rooms">): Promise<Doc<"rooms">> {
  const room = await ctx.db.get("rooms", roomId);
  if (room === null) throw appError("NOT_FOUND", "Not found.");
  return room;
}

/** Once for each request id, like `create`: then the message is counted once, too. */
export async function send(
  ctx: MutationCtx,
  author: Doc<"users">,
  { roomId, requestId, body }: { roomId: Id<"rooms">; requestId: string; body: string },
): Promise<Id<"roomMessages">> {
  requireText("request id", requestId, MAX_REQUEST_ID_LENGTH);
  requireText("message", body, MAX_BODY_LENGTH);
  const earlier = await ctx.db
    .query("roomMessages")
    .withIndex("by_requestId_and_ownerId", (q) =>
      q.eq("requestId", requestId).eq("ownerId", author._id),
    )
    .unique();
  if (earlier !== null) return earlier._id;

  await getRoom(ctx, roomId);
  await counters.add(ctx, roomId, 1);
  return await ctx.db.insert("roomMessages", {
    roomId,
    ownerId: author._id,
    authorName: displayName(author),
    body: body.trim(),
    requestId,
  });
}

/** The author's own message. */
export async function remove(
  ctx: MutationCtx,
  ownerId: Id<"users">,
  messageId: Id<"roomMessages">,
): Promise<void> {
  const message = requireOwned(ownerId, await ctx.db.get("roomMessages", messageId));
  await counters.add(ctx, message.roomId, -1);
  await ctx.db.delete("roomMessages", messageId);
}

/** Newest first: to be paginated. */
export function messagesOf(ctx: QueryCtx, roomId: Id<"rooms">) {
  return ctx.db
    .query("roomMessages")
    .withIndex("by_roomId", (q) => q.eq("roomId", roomId))
    .order("desc");
}

function requireText(what: string, text: string, longest: number): void {
  if (text.trim() === "") throw appError("INVALID_ARGUMENT", `The ${what} is empty.`);
  if (text.length > longest) {
    throw appError("INVALID_ARGUMENT", `The ${what} has more than ${longest} characters.`);
  }
}
