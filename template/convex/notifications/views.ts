/**
 * What others get to see of a notification. Whole documents never leave: a field that is added to
 * the table stays inside until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { delivery } from "./tables";

/** What people see of what they were told. */
export const notificationView = v.object({
  notificationId: v.id("notifications"),
  notifiedAt: v.number(),
  title: v.string(),
  body: v.string(),
  readAt: v.optional(v.number()),
});

/** What administrators see: whether it arrived, and not what it says. */
export const deliveryView = v.object({
  notificationId: v.id("notifications"),
  ownerId: v.id("users"),
  key: v.string(),
  delivery,
});

export function toNotificationView(row: Doc<"notifications">): Infer<typeof notificationView> {
  const { _id, _creationTime, title, body, readAt } = row;
  return { notificationId: _id, notifiedAt: _creationTime, title, body, readAt };
}

export function toDeliveryView(row: Doc<"notifications">): Infer<typeof deliveryView> {
  const { _id, ownerId, key, delivery } = row;
  return { notificationId: _id, ownerId, key, delivery };
}
