/**
 * What others get to see of a payment. Whole documents never leave: a field that is added to the
 * table stays inside until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { currency, paymentState, paymentStateKind } from "./tables";

/** What people see of their own payments. The provider's ids and our doubts are not for them. */
export const paymentView = v.object({
  paymentId: v.id("payments"),
  startedAt: v.number(),
  product: v.string(),
  currency,
  amount: v.number(),
  refunded: v.number(),
  state: paymentStateKind,
});

export const entitlementView = v.object({
  product: v.string(),
  since: v.number(),
  /** Missing as long as it holds. */
  revokedAt: v.optional(v.number()),
});

/** What administrators see: enough to find a payment at the provider and to decide. */
export const paymentForAdmins = paymentView.omit("state").extend({
  ownerId: v.id("users"),
  state: paymentState,
});

export function toPaymentView(payment: Doc<"payments">): Infer<typeof paymentView> {
  const { _id, _creationTime, product, currency, amount, refunded, state } = payment;
  return {
    paymentId: _id,
    startedAt: _creationTime,
    product,
    currency,
    amount,
    refunded,
    state: state.kind,
  };
}

export function toPaymentForAdmins(payment: Doc<"payments">): Infer<typeof paymentForAdmins> {
  const { ownerId, state } = payment;
  return { ...toPaymentView(payment), ownerId, state };
}

export function toEntitlementView(row: Doc<"entitlements">): Infer<typeof entitlementView> {
  const { _creationTime, product, revokedAt } = row;
  return { product, since: _creationTime, revokedAt };
}
