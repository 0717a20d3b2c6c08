/**
 * What others get to see of an order. Whole documents never leave: a field that is added to the
 * table stays inside until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { currency, orderItem, orderState, shippingQuote } from "./tables";

/** What owners and administrators see of an order. */
export const orderView = v.object({
  orderId: v.id("orders"),
  placedAt: v.number(),
  currency,
  items: v.array(orderItem),
  total: v.number(),
  state: orderState,
  shipping: v.optional(shippingQuote),
});

export function toOrderView(order: Doc<"orders">): Infer<typeof orderView> {
  const { _id, _creationTime, currency, items, total, state, shipping } = order;
  return {
    orderId: _id,
    placedAt: _creationTime,
    currency,
    items,
    total,
    state,
    shipping,
  };
}
