/**
 * What can be done with notifications. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose notifications they touch, by the `ownerId` they are given.
 */
import type { PaginationOptions } from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireOwned } from "../lib/auth";
import { serviceUrl } from "../lib/env";
import { appError } from "../lib/errors";
import * as retry from "../reliability/retry";
import type { deliveryKind } from "./tables";

export interface News {
  ownerId: Id<"users">;
  /** The same for the same news, however often it is reported: made of what caused it. */
  key: string;
  title: string;
  body: string;
}

/**
 * Tells somebody something, once for each key: in their inbox in this very transaction, and by the
 * message service when it has committed. Call it where the thing itself is written.
 */
export async function notify(ctx: MutationCtx, news: News): Promise<Id<"notifications">> {
  const { ownerId, key } = news;
  const earlier = await ctx.db
    .query("notifications")
    .withIndex("by_key_and_ownerId", (q) => q.eq("key", key).eq("ownerId", ownerId))
    .unique();
  if (earlier !== null) return earlier._id;

  const notificationId = await ctx.db.insert("notifications", {
    ...news,
    delivery: { kind: "inboxOnly" },
  });
  const owner = await ctx.db.get("users", ownerId);
  if (owner?.email !== undefined && serviceUrl("NOTIFICATIONS_API_URL") !== null) {
    await send(ctx, notificationId);
  }
  return notificationId;
}

/** Begins to deliver a message, in one transaction with whatever wanted it. */
export async function send(ctx: MutationCtx, notificationId: Id<"notifications">): Promise<void> {
  const delivery = { kind: "queued" as const, queuedAt: Date.now() };
  await ctx.db.patch("notifications", notificationId, { delivery });
  const { deliver, delivered } = internal.notifications.internal;
  await retry.start(
    ctx,
    deliver,
    { notificationId },
    { onComplete: delivered, context: { notificationId } },
  );
}

/** What the message service has to know, and no more. */
export const message = v.object({ to: v.string(), title: v.string(), body: v.string() });

/** The message, or null if there is nothing to send any more. */
export async function outgoing(
  ctx: QueryCtx,
  notificationId: Id<"notifications">,
): Promise<Infer<typeof message> | null> {
  const row = await ctx.db.get("notifications", notificationId);
  if (row?.delivery.kind !== "queued") return null;
  const to = (await ctx.db.get("users", row.ownerId))?.email;
  return to === undefined ? null : { to, title: row.title, body: row.body };
}

/** Takes the service's word that the message is on its way. The first one counts. */
export async function recordSent(
  ctx: MutationCtx,
  notificationId: Id<"notifications">,
  messageId: string,
): Promise<void> {
  const row = await ctx.db.get("notifications", notificationId);
  if (row === null || row.delivery.kind === "sent") return;
  const delivery = { kind: "sent" as const, sentAt: Date.now(), messageId };
  await ctx.db.patch("notifications", notificationId, { delivery });
}

/** The end of all attempts. What is still queued then will not be sent by itself. */
export async function giveUp(ctx: MutationCtx, notificationId: Id<"notifications">): Promise<void> {
  const row = await ctx.db.get("notifications", notificationId);
  if (row?.delivery.kind !== "queued") return;
  const delivery = { kind: "undelivered" as const, gaveUpAt: Date.now() };
  await ctx.db.patch("notifications", notificationId, { delivery });
}

/** Sends again what was not delivered. Under the same key: who got it after all gets it once. */
export async function resend(ctx: MutationCtx, notificationId: Id<"notifications">): Promise<void> {
  const row = await ctx.db.get("notifications", notificationId);
  if (row === null) throw appError("NOT_FOUND", "Not found.");
  if (row.delivery.kind !== "undelivered") {
    throw appError("CONFLICT", `This message is ${row.delivery.kind}.`);
  }
  await send(ctx, notificationId);
}

export async function markRead(
  ctx: MutationCtx,
  ownerId: Id<"users">,
  notificationId: Id<"notifications">,
): Promise<void> {
  const row = requireOwned(ownerId, await ctx.db.get("notifications", notificationId));
  if (row.readAt === undefined) {
    await ctx.db.patch("notifications", notificationId, { readAt: Date.now() });
  }
}

/** Somebody's notifications, newest first: to be paginated. */
export function listOf(ctx: QueryCtx, ownerId: Id<"users">) {
  return ctx.db
    .query("notifications")
    .withIndex("by_ownerId", (q) => q.eq("ownerId", ownerId))
    .order("desc");
}

/** Everybody's notifications whose delivery stands like this, newest first. */
export async function listByDelivery(
  ctx: QueryCtx,
  kind: Infer<typeof deliveryKind>,
  options: PaginationOptions,
) {
  return await ctx.db
    .query("notifications")
    .withIndex("by_delivery_kind", (q) => q.eq("delivery.kind", kind))
    .order("desc")
    .paginate(options);
}
