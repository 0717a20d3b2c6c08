/**
 * What can be done with users. Plain functions of a ctx; the builders have checked the caller.
 */
import type { FunctionReturnType, PaginationOptions, UserIdentity } from "convex/server";
import type { Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx, MutationCtx, QueryCtx } from "../_generated/server";
import { findRow, findUser, type Role } from "../lib/auth";
import { appError } from "../lib/errors";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { limitRate } from "../lib/rateLimits";
import type { UserEvent } from "./provider";
import type { roleCounts } from "./views";

/** Creates the caller's row, or brings its copies of the token's claims up to date. */
export async function store(ctx: MutationCtx, identity: UserIdentity): Promise<Id<"users">> {
  const { tokenIdentifier, name, email } = identity;
  const user = await findUser(ctx, identity);
  // What the provider's webhook keeps is newer than a token, which may leave claims out.
  if (user?.syncedAt !== undefined) return user._id;
  // A write that changes nothing would still re-run every query that read the row.
  if (user !== null && user.name === name && user.email === email) return user._id;

  await limitRate(ctx, "profile", tokenIdentifier);
  if (user === null) {
    return await ctx.db.insert("users", {
      tokenIdentifier,
      role: "member",
      name,
      email,
    });
  }
  await ctx.db.patch("users", user._id, { name, email });
  return user._id;
}

/**
 * Brings a row up to date with the provider. Events come late, twice and in any order: an older
 * change does nothing after a newer one, and no change brings back somebody who has left.
 */
export async function applyEvent(ctx: MutationCtx, issuer: string, event: UserEvent) {
  const tokenIdentifier = `${issuer}|${event.subject}`;
  const user = await findRow(ctx, tokenIdentifier);
  if (user?.deletedAt !== undefined) return;
  if (event.kind === "changed" && event.changedAt <= (user?.syncedAt ?? -Infinity)) return;

  const fields = fieldsOf(event);
  if (user !== null) await ctx.db.patch("users", user._id, fields);
  else await ctx.db.insert("users", { tokenIdentifier, role: "member", ...fields });
}

function fieldsOf(event: UserEvent) {
  if (event.kind === "changed") {
    return { name: event.name, email: event.email, syncedAt: event.changedAt };
  }
  const deletedAt = Date.now();
  return { name: undefined, email: undefined, role: "member" as const, deletedAt };
}

export async function setRole(ctx: MutationCtx, userId: Id<"users">, role: Role): Promise<void> {
  const user = await ctx.db.get("users", userId);
  if (user === null) throw appError("NOT_FOUND", "Not found.");
  if (user.role !== role) await ctx.db.patch("users", userId, { role });
}

/** Newest first. */
export async function page(ctx: QueryCtx, options: PaginationOptions) {
  return await ctx.db.query("users").order("desc").paginate(options);
}

type PageOfUsers = FunctionReturnType<typeof internal.users.internal.page>;

/**
 * Page by page from an action or a route, because one transaction may read 32,000 documents and
 * there may be more users. Each page is its own snapshot, so people who sign up meanwhile may or may
 * not be counted.
 */
export async function countByRole(ctx: ActionCtx): Promise<Infer<typeof roleCounts>> {
  const counts = { member: 0, support: 0, admin: 0 };
  let cursor: string | null = null;
  let isDone = false;
  while (!isDone) {
    const result: PageOfUsers = await ctx.runQuery(internal.users.internal.page, {
      paginationOpts: { numItems: MAX_PAGE_SIZE, cursor },
    });
    for (const user of result.page) counts[user.role] += 1;
    cursor = result.continueCursor;
    isDone = result.isDone;
  }
  return counts;
}
