/**
 * Who is calling, and what they may touch.
 *
 * Reads the caller's token and their row in `users`; writes nothing. Functions leave `requireUser`,
 * `requireRole` and `requirePermission` to the builder they are made with.
 */
import type { Auth, UserIdentity } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { appError } from "./errors";
import { roleMay, type Permission } from "./permissions";

export type Role = Doc<"users">["role"];

/** The caller of an action, which cannot hold a document. */
export interface Caller {
  userId: Id<"users">;
  role: Role;
}

export async function requireIdentity(ctx: { auth: Auth }): Promise<UserIdentity> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw appError("UNAUTHENTICATED", "Sign in first.");
  return identity;
}

/**
 * `tokenIdentifier` is issuer and subject in one, so it stays unique when a second provider is
 * added. Nothing else in a token says who somebody is: names and e-mail addresses change hands.
 */
export async function findRow(
  ctx: Pick<QueryCtx, "db">,
  tokenIdentifier: string,
): Promise<Doc<"users"> | null> {
  return await ctx.db
    .query("users")
    .withIndex("by_tokenIdentifier", (q) => q.eq("tokenIdentifier", tokenIdentifier))
    .unique();
}

/** The row of whom the token belongs to. A token outlives a closed account by a while. */
export async function findUser(
  ctx: Pick<QueryCtx, "db">,
  identity: UserIdentity,
): Promise<Doc<"users"> | null> {
  const user = await findRow(ctx, identity.tokenIdentifier);
  if (user?.deletedAt !== undefined) throw appError("FORBIDDEN", "This account is closed.");
  return user;
}

export async function requireUser(ctx: Pick<QueryCtx, "auth" | "db">): Promise<Doc<"users">> {
  const user = await findUser(ctx, await requireIdentity(ctx));
  if (user === null) {
    throw appError("UNREGISTERED", "Call users/public:store first.");
  }
  return user;
}

export function requireRole(caller: { role: Role }, role: Role): void {
  if (caller.role !== role) throw appError("FORBIDDEN", "Not allowed.");
}

export function requirePermission(caller: { role: Role }, permission: Permission): void {
  if (!roleMay(caller.role, permission)) throw appError("FORBIDDEN", "Not allowed.");
}

/**
 * The document, if it is there and belongs to `userId`.
 *
 * Absent and foreign documents give the same error, or the difference would tell strangers which
 * ids exist.
 */
export function requireOwned<Owned extends { ownerId: Id<"users"> }>(
  userId: Id<"users">,
  document: Owned | null,
): Owned {
  if (document === null || document.ownerId !== userId) {
    throw appError("NOT_FOUND", "Not found.");
  }
  return document;
}
