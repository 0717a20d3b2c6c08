/**
 * What can be done with payments. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose payments they touch, by the `ownerId` they are given.
 *
 *     charging ──> paid ──> provisioned ──> refunded
 *        ├──> declined
 *        ├──> failed         and from anywhere to `review`, where a person decides
 *
 * All news of the provider comes to `apply`, whether an action, a webhook or the cron brings it, and
 * in whatever order: news can only move a payment forward, and old news moves nothing.
 */
import type { PaginationOptions } from "convex/server";
import { v, type Infer, type ObjectType } from "convex/values";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireOwned } from "../lib/auth";
import { appError } from "../lib/errors";
import { notify } from "../notifications/model";
import * as retry from "../reliability/retry";
import type { Charge, Report } from "./charges";
import { priceOf, titleOf } from "./products";
import { currency, type doubt, type paymentState, type paymentStateKind } from "./tables";

/**
 * How long attempts to charge are begun, in milliseconds: 1 hour. Far less than the 24 hours for
 * which the provider remembers a key: after those, the same key would be a new charge.
 */
export const CHARGE_FOR_MS = 60 * 60 * 1000;

/**
 * How long a payment rests before the cron looks at it, in milliseconds: 10 minutes. Longer than any
 * attempt takes, so that what is asked about is not under way; short for somebody who waits.
 */
export const CHECK_AFTER_MS = 10 * 60 * 1000;

/** Until a person is asked to look, in milliseconds: 24 hours, which outlasts any outage. */
export const REVIEW_AFTER_MS = 24 * 60 * 60 * 1000;

/** Payments that one run of the cron looks at: a small transaction, and no flood of questions. */
export const CHECK_BATCH = 50;

/** Longest token for a means of payment, in characters. Stripe's have about 30. */
const MAX_METHOD_LENGTH = 200;

type Payment = Doc<"payments">;
type State = Infer<typeof paymentState>;
type StateKind = Infer<typeof paymentStateKind>;

/** What a client sends to pay. */
export const intent = {
  requestId: v.string(),
  product: v.string(),
  currency,
  method: v.string(),
};

/**
 * Commits the intent, and in the same transaction what will carry it out: there is no payment that
 * nobody works on, and no work without a payment.
 */
export async function start(
  ctx: MutationCtx,
  ownerId: Id<"users">,
  { product, currency, method }: Omit<ObjectType<typeof intent>, "requestId">,
): Promise<Id<"payments">> {
  if (method.length < 1 || method.length > MAX_METHOD_LENGTH) {
    throw appError("INVALID_ARGUMENT", "The method is empty or too long.");
  }
  const paymentId = await ctx.db.insert("payments", {
    ownerId,
    product,
    currency,
    amount: priceOf(product, currency),
    method,
    refunded: 0,
    state: { kind: "charging", checkAt: Date.now() + CHARGE_FOR_MS + CHECK_AFTER_MS },
  });
  const { charge, charged } = internal.payments.internal;
  await retry.start(
    ctx,
    charge,
    { paymentId },
    { deadlineMs: CHARGE_FOR_MS, onComplete: charged, context: { paymentId } },
  );
  return paymentId;
}

/** The end of all attempts to charge. If that settled nothing, the cron asks the provider soon. */
export async function restAfterCharging(
  ctx: MutationCtx,
  paymentId: Id<"payments">,
): Promise<void> {
  const payment = await ctx.db.get("payments", paymentId);
  if (payment?.state.kind !== "charging") return;
  await moveTo(ctx, payment, { kind: "charging", checkAt: Date.now() + CHECK_AFTER_MS });
}

/** Takes the provider's word for what became of a payment. */
export async function apply(
  ctx: MutationCtx,
  paymentId: Id<"payments">,
  report: Report,
): Promise<void> {
  const payment = await ctx.db.get("payments", paymentId);
  if (payment === null) throw appError("NOT_FOUND", "Not found.");
  switch (report.status) {
    case "pending":
      return;
    case "absent":
      return await settleWithout(ctx, payment, { kind: "failed", failedAt: Date.now() });
    case "declined":
      return await settleWithout(ctx, payment, { kind: "declined", declinedAt: Date.now() });
    case "chargedTwice":
      return await review(ctx, payment, "chargedTwice");
    case "succeeded":
      return await settleWith(ctx, payment, report);
  }
}

/** Nothing was taken. Only news for those who do not know better. */
async function settleWithout(ctx: MutationCtx, payment: Payment, state: State): Promise<void> {
  const { kind } = payment.state;
  if (kind === "charging" || (kind === "failed" && state.kind === "declined")) {
    await moveTo(ctx, payment, state);
  }
}

/** Money was taken, and perhaps given back. It counts whatever we believed before. */
async function settleWith(ctx: MutationCtx, payment: Payment, charge: Charge): Promise<void> {
  const { state } = payment;
  const isOther = "chargeId" in state && state.chargeId !== charge.chargeId;
  if (charge.refunded === charge.amount) {
    if (!isOther && state.kind !== "refunded") await takeBack(ctx, payment, charge.chargeId);
    return;
  }
  if (isOther) return await review(ctx, payment, "chargedTwice");
  if (charge.amount !== payment.amount || charge.currency !== payment.currency) {
    return await review(ctx, payment, "wrongAmount");
  }
  if (charge.refunded > payment.refunded) {
    await ctx.db.patch("payments", payment._id, { refunded: charge.refunded });
  }
  if ("chargeId" in state || isSetAside(state)) return;
  const { chargeId } = charge;
  await provisionSoon(ctx, payment, { kind: "paid", chargeId, paidAt: Date.now() });
}

/** One charge does not clear up a doubt about several: that takes a look at all of them. */
function isSetAside(state: State): boolean {
  return state.kind === "review" && state.doubt === "chargedTwice";
}

async function takeBack(ctx: MutationCtx, payment: Payment, chargeId: string): Promise<void> {
  const state = { kind: "refunded" as const, chargeId, refundedAt: Date.now() };
  await ctx.db.patch("payments", payment._id, { state, refunded: payment.amount });
  const entitlement = await entitlementOf(ctx, payment._id);
  if (entitlement === null || entitlement.revokedAt !== undefined) return;
  await ctx.db.patch("entitlements", entitlement._id, { revokedAt: Date.now() });
}

/** The goods follow the money in a transaction of their own: what fails there must not undo this. */
async function provisionSoon(
  ctx: MutationCtx,
  payment: Payment,
  paid: { kind: "paid"; chargeId: string; paidAt: number },
): Promise<void> {
  await moveTo(ctx, payment, { ...paid, checkAt: Date.now() + CHECK_AFTER_MS });
  const { provision } = internal.payments.internal;
  await ctx.scheduler.runAfter(0, provision, { paymentId: payment._id });
}

/** Gives the owner what was paid for, and tells them: both, or neither; and once. */
export async function provision(ctx: MutationCtx, paymentId: Id<"payments">): Promise<void> {
  const payment = await ctx.db.get("payments", paymentId);
  if (payment?.state.kind !== "paid") return;
  const { ownerId, product, state } = payment;
  if ((await entitlementOf(ctx, paymentId)) === null) {
    await ctx.db.insert("entitlements", { ownerId, paymentId, product });
  }
  const { chargeId, paidAt } = state;
  const provisionedAt = Date.now();
  await moveTo(ctx, payment, { kind: "provisioned", chargeId, paidAt, provisionedAt });
  await notify(ctx, {
    ownerId,
    key: `payment/${paymentId}/provisioned`,
    title: "Thank you",
    body: `Your payment has arrived, and this is yours: ${titleOf(product)}.`,
  });
}

/**
 * Looks after payments that should have come further by now, at most CHECK_BATCH of each kind.
 * Nothing else has to work for this to find them. Returns whether there may be more.
 */
export async function checkHung(ctx: MutationCtx): Promise<boolean> {
  const charging = await hung(ctx, "charging");
  const paid = await hung(ctx, "paid");
  await Promise.all(charging.map((payment) => askSoon(ctx, payment)));
  await Promise.all(paid.map((payment) => provisionAgain(ctx, payment)));
  return Math.max(charging.length, paid.length) === CHECK_BATCH;
}

async function hung(ctx: MutationCtx, kind: "charging" | "paid"): Promise<Payment[]> {
  const now = Date.now();
  return await ctx.db
    .query("payments")
    .withIndex("by_state_kind_and_state_checkAt", (q) =>
      q.eq("state.kind", kind).lt("state.checkAt", now),
    )
    .take(CHECK_BATCH);
}

/** Asks the provider what became of it. If it does not say, there will be a next time. */
async function askSoon(ctx: MutationCtx, payment: Payment): Promise<void> {
  const now = Date.now();
  if (now - payment._creationTime > REVIEW_AFTER_MS) {
    return await review(ctx, payment, "unknownOutcome");
  }
  await moveTo(ctx, payment, { kind: "charging", checkAt: now + CHECK_AFTER_MS });
  const { settle } = internal.payments.internal;
  // One attempt: if the provider does not answer, the cron is back in CHECK_AFTER_MS.
  await retry.start(ctx, settle, { paymentId: payment._id }, { maxFailures: 1 });
}

async function provisionAgain(ctx: MutationCtx, payment: Payment): Promise<void> {
  if (payment.state.kind !== "paid") return;
  const { kind, chargeId, paidAt } = payment.state;
  if (Date.now() - paidAt > REVIEW_AFTER_MS) {
    return await review(ctx, payment, "notProvisioned");
  }
  await provisionSoon(ctx, payment, { kind, chargeId, paidAt });
}

/** Sets a payment aside for a person to look at. */
async function review(
  ctx: MutationCtx,
  payment: Payment,
  reason: Infer<typeof doubt>,
): Promise<void> {
  const { state } = payment;
  if (state.kind === "review" && state.doubt === reason) return;
  await moveTo(ctx, payment, { kind: "review", doubt: reason, since: Date.now() });
}

/** A person has looked: the provider is asked once more, and its answer counts. */
export async function askAgain(ctx: MutationCtx, paymentId: Id<"payments">): Promise<void> {
  const payment = await ctx.db.get("payments", paymentId);
  if (payment === null) throw appError("NOT_FOUND", "Not found.");
  if (payment.state.kind !== "review") {
    throw appError("CONFLICT", `This payment is ${payment.state.kind}.`);
  }
  await moveTo(ctx, payment, { kind: "charging", checkAt: Date.now() + CHECK_AFTER_MS });
  const { settle } = internal.payments.internal;
  await retry.start(ctx, settle, { paymentId }, { deadlineMs: CHECK_AFTER_MS });
}

async function moveTo(ctx: MutationCtx, payment: Payment, state: State): Promise<void> {
  await ctx.db.patch("payments", payment._id, { state });
}

/** What the provider has to know, or null if there is nothing to charge any more. */
export async function wanted(ctx: QueryCtx, paymentId: Id<"payments">) {
  const payment = await ctx.db.get("payments", paymentId);
  if (payment?.state.kind !== "charging") return null;
  const { amount, currency, method } = payment;
  return { reference: paymentId, amount, currency, method };
}

export async function getOwned(
  ctx: QueryCtx,
  ownerId: Id<"users">,
  paymentId: Id<"payments">,
): Promise<Payment> {
  return requireOwned(ownerId, await ctx.db.get("payments", paymentId));
}

/** Somebody's payments, newest first: to be paginated. */
export function listOf(ctx: QueryCtx, ownerId: Id<"users">) {
  return ctx.db
    .query("payments")
    .withIndex("by_ownerId", (q) => q.eq("ownerId", ownerId))
    .order("desc");
}

/** What somebody has paid for, newest first: to be paginated. */
export function entitlementsOf(ctx: QueryCtx, ownerId: Id<"users">) {
  return ctx.db
    .query("entitlements")
    .withIndex("by_ownerId", (q) => q.eq("ownerId", ownerId))
    .order("desc");
}

async function entitlementOf(ctx: QueryCtx, paymentId: Id<"payments">) {
  return await ctx.db
    .query("entitlements")
    .withIndex("by_paymentId", (q) => q.eq("paymentId", paymentId))
    .unique();
}

/** Everybody's payments in one state, newest first. */
export async function listByState(ctx: QueryCtx, kind: StateKind, options: PaginationOptions) {
  return await ctx.db
    .query("payments")
    .withIndex("by_state_kind_and_state_checkAt", (q) => q.eq("state.kind", kind))
    .order("desc")
    .paginate(options);
}
