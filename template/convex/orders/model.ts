/**
 * What can be done with orders. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose orders they touch, by the `ownerId` they are given.
 */
import type { PaginationOptions } from "convex/server";
import { v, type Infer, type ObjectType } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireOwned } from "../lib/auth";
import { appError } from "../lib/errors";
import { priced, totalOf, wantedItem } from "./pricing";
import { currency, type orderState } from "./tables";

/** How long an order waits for its payment, in milliseconds. Long enough to find the card. */
export const TIME_TO_PAY_MS = 30 * 60 * 1000;

/** Orders that one run of the cron closes: a small transaction, and a quick one. */
export const EXPIRY_BATCH = 100;

/** Longest client request id, in characters. A UUID has 36. */
const MAX_REQUEST_ID_LENGTH = 64;

type OrderState = Infer<typeof orderState>;
type StateKind = OrderState["kind"];

/** The ways an order can go. A state without successors is final. */
const SUCCESSORS: Record<StateKind, readonly StateKind[]> = {
  unpaid: ["paid", "cancelled", "expired"],
  paid: [],
  cancelled: [],
  expired: [],
};

/** What a client sends for a new order. */
export const draft = {
  requestId: v.string(),
  currency,
  items: v.array(wantedItem),
};
type Draft = ObjectType<typeof draft>;

/**
 * Places an order, once for each request id: whoever repeats a request after a lost answer gets the
 * order they already have. Safe against two at a time, too: both would read the same gap in the
 * index, and Convex runs the second again after the first has filled it.
 */
export async function place(
  ctx: MutationCtx,
  ownerId: Id<"users">,
  { requestId, currency, items: wanted }: Draft,
): Promise<Id<"orders">> {
  if (requestId.length < 1 || requestId.length > MAX_REQUEST_ID_LENGTH) {
    throw appError("INVALID_ARGUMENT", "The request id is empty or too long.");
  }
  const earlier = await ctx.db
    .query("orders")
    .withIndex("by_requestId_and_ownerId", (q) =>
      q.eq("requestId", requestId).eq("ownerId", ownerId),
    )
    .unique();
  if (earlier !== null) return earlier._id;

  const items = priced(wanted, currency);
  return await ctx.db.insert("orders", {
    ownerId,
    requestId,
    currency,
    items,
    total: totalOf(items),
    state: { kind: "unpaid", payBefore: Date.now() + TIME_TO_PAY_MS },
  });
}

export async function getOwned(
  ctx: QueryCtx,
  ownerId: Id<"users">,
  orderId: Id<"orders">,
): Promise<Doc<"orders">> {
  return requireOwned(ownerId, await ctx.db.get("orders", orderId));
}

/** An order that can still be changed. */
export async function getUnpaid(
  ctx: QueryCtx,
  ownerId: Id<"users">,
  orderId: Id<"orders">,
): Promise<Doc<"orders">> {
  const order = await getOwned(ctx, ownerId, orderId);
  if (order.state.kind !== "unpaid") {
    throw appError("CONFLICT", `This order is ${order.state.kind}.`);
  }
  return order;
}

/** Changes the state, or refuses where no way leads there. */
export async function moveTo(
  ctx: MutationCtx,
  order: Doc<"orders">,
  state: OrderState,
): Promise<void> {
  if (!SUCCESSORS[order.state.kind].includes(state.kind)) {
    throw appError(
      "CONFLICT",
      `This order is ${order.state.kind} and cannot become ${state.kind}.`,
    );
  }
  await ctx.db.patch("orders", order._id, { state });
}

/** Somebody's orders, newest first: to be paginated, or taken from. */
export function listOf(ctx: QueryCtx, ownerId: Id<"users">) {
  return ctx.db
    .query("orders")
    .withIndex("by_ownerId", (q) => q.eq("ownerId", ownerId))
    .order("desc");
}

/** Everybody's orders in one state, newest first. */
export async function listByState(ctx: QueryCtx, kind: StateKind, options: PaginationOptions) {
  // Within a state the index goes by `payBefore`, which only unpaid orders have and which grows
  // with their age; where it is missing, by time of creation. Either way: by age.
  return await ctx.db
    .query("orders")
    .withIndex("by_state_kind_and_state_payBefore", (q) => q.eq("state.kind", kind))
    .order("desc")
    .paginate(options);
}

/** Expires orders whose time to pay is over, at most EXPIRY_BATCH. Returns how many. */
export async function expireDue(ctx: MutationCtx): Promise<number> {
  const now = Date.now();
  const due = await ctx.db
    .query("orders")
    .withIndex("by_state_kind_and_state_payBefore", (q) =>
      q.eq("state.kind", "unpaid").lt("state.payBefore", now),
    )
    .take(EXPIRY_BATCH);
  await Promise.all(due.map((order) => moveTo(ctx, order, { kind: "expired", expiredAt: now })));
  return due.length;
}
