/**
 * What only this backend may call about notifications: the steps of a delivery.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, internalMutation, internalQuery } from "../lib/functions";
import { onCompleteArgs } from "../reliability/retry";
import * as model from "./model";
import * as upstream from "./upstream";

const one = { notificationId: v.id("notifications") };

/**
 * Sends one message. Retried: the service knows the message by the notification's id, which is the
 * same in every attempt, and sends it once.
 */
export const deliver = internalAction({
  args: one,
  returns: v.null(),
  handler: async (ctx, { notificationId }): Promise<null> => {
    const { outgoing, recordSent } = internal.notifications.internal;
    const message = await ctx.runQuery(outgoing, { notificationId });
    if (message === null) return null;
    const messageId = await upstream.send(notificationId, message);
    await ctx.runMutation(recordSent, { notificationId, messageId });
    return null;
  },
});

/** The message, or null if there is nothing to send any more. */
export const outgoing = internalQuery({
  args: one,
  returns: v.nullable(model.message),
  handler: async (ctx, args) => await model.outgoing(ctx, args.notificationId),
});

export const recordSent = internalMutation({
  args: { ...one, messageId: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.recordSent(ctx, args.notificationId, args.messageId);
    return null;
  },
});

/** How the delivery ended. */
export const delivered = internalMutation({
  args: onCompleteArgs(v.object(one), v.null()),
  returns: v.null(),
  handler: async (ctx, { context }) => {
    await model.giveUp(ctx, context.notificationId);
    return null;
  },
});
