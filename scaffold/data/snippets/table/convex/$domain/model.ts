/**
 * What can be done in this domain. Plain functions of a ctx. Who may call them is decided by the
 * builders; whose rows they touch, by the `ownerId` they are given.
 */
import type { PaginationOptions } from "convex/server";
import { v, type ObjectType } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireOwned } from "../lib/auth";
import { appError } from "../lib/errors";

/** Longest title, in characters: it has to fit on a line. */
const MAX_$ITEM_TITLE_LENGTH = 100;

/** Longest client request id, in characters. A UUID has 36. */
const MAX_$ITEM_REQUEST_ID_LENGTH = 64;

/** What a client sends for a new row. */
export const $itemDraft = {
  requestId: v.string(),
  title: v.string(),
};

/**
 * Creates a row, once for each request id: whoever repeats a request after a lost answer gets the
 * row they already have.
 */
export async function create$Item(
  ctx: MutationCtx,
  ownerId: Id<"users">,
  { requestId, title }: ObjectType<typeof $itemDraft>,
): Promise<Id<"$table">> {
  if (requestId.length < 1 || requestId.length > MAX_$ITEM_REQUEST_ID_LENGTH) {
    throw appError("INVALID_ARGUMENT", "The request id is empty or too long.");
  }
  if (title.length < 1 || title.length > MAX_$ITEM_TITLE_LENGTH) {
    throw appError("INVALID_ARGUMENT", "The title is empty or too long.");
  }
  const earlier = await ctx.db
    .query("$table")
    .withIndex("by_requestId_and_ownerId", (q) =>
      q.eq("requestId", requestId).eq("ownerId", ownerId),
    )
    .unique();
  if (earlier !== null) return earlier._id;
  return await ctx.db.insert("$table", { ownerId, requestId, title });
}

export async function get$Item(
  ctx: QueryCtx,
  ownerId: Id<"users">,
  $itemId: Id<"$table">,
): Promise<Doc<"$table">> {
  return requireOwned(
    ownerId,
    await ctx.db.get("$table", $itemId),
  );
}

/** Somebody's rows, newest first. */
export async function list$Items(
  ctx: QueryCtx,
  ownerId: Id<"users">,
  options: PaginationOptions,
) {
  return await ctx.db
    .query("$table")
    .withIndex("by_ownerId", (q) => q.eq("ownerId", ownerId))
    .order("desc")
    .paginate(options);
}
