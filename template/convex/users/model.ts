/**
 * What can be done with users. Plain functions of a ctx; the builders have checked the caller.
 */
import type { PaginationOptions, UserIdentity } from "convex/server";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { findUser, type Role } from "../lib/auth";
import { appError } from "../lib/errors";
import { limitRate } from "../lib/rateLimits";

/** Creates the caller's row, or brings its copies of the token's claims up to date. */
export async function store(ctx: MutationCtx, identity: UserIdentity): Promise<Id<"users">> {
  const { tokenIdentifier, name, email } = identity;
  const user = await findUser(ctx, identity);
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

export async function setRole(ctx: MutationCtx, userId: Id<"users">, role: Role): Promise<void> {
  const user = await ctx.db.get("users", userId);
  if (user === null) throw appError("NOT_FOUND", "Not found.");
  if (user.role !== role) await ctx.db.patch("users", userId, { role });
}

/** Newest first. */
export async function page(ctx: QueryCtx, options: PaginationOptions) {
  return await ctx.db.query("users").order("desc").paginate(options);
}
