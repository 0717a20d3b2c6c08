/**
 * What can be done with organizations. Plain functions of a ctx; what the caller may do in an
 * organization is asked of access.ts, here and not in the handlers, so that no caller can forget it.
 */
import type { PaginationOptions } from "convex/server";
import type { Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { sha256 } from "../lib/digest";
import { appError } from "../lib/errors";
import { findMembership, requireMember, type MemberRole } from "./access";
import type { invitedRole } from "./tables";

/** In characters: what fits on a button. */
export const MAX_NAME_LENGTH = 80;

/** Longest client request id, in characters. A UUID has 36. */
const MAX_REQUEST_ID_LENGTH = 64;

/** How long an invitation can be used, in milliseconds: over a long weekend, and not for ever. */
export const INVITATION_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** Expired invitations that go with each new one: more than one, so that they grow fewer. */
const DROP_BATCH = 10;

/** Creates an organization that the caller owns, once for each request id. */
export async function create(
  ctx: MutationCtx,
  createdBy: Id<"users">,
  { requestId, name }: { requestId: string; name: string },
): Promise<Id<"organizations">> {
  requireLength("request id", requestId, MAX_REQUEST_ID_LENGTH);
  requireLength("name", name.trim(), MAX_NAME_LENGTH);
  const earlier = await ctx.db
    .query("organizations")
    .withIndex("by_requestId_and_createdBy", (q) =>
      q.eq("requestId", requestId).eq("createdBy", createdBy),
    )
    .unique();
  if (earlier !== null) return earlier._id;

  const organization = { name: name.trim(), createdBy, requestId };
  const organizationId = await ctx.db.insert("organizations", organization);
  await ctx.db.insert("memberships", { organizationId, userId: createdBy, role: "owner" });
  return organizationId;
}

function requireLength(what: string, text: string, max: number): void {
  if (text.length < 1 || text.length > max) {
    throw appError("INVALID_ARGUMENT", `The ${what} is empty or too long.`);
  }
}

/** The memberships of a person, with the names of their organizations. */
export async function listOf(ctx: QueryCtx, userId: Id<"users">, options: PaginationOptions) {
  const result = await ctx.db
    .query("memberships")
    .withIndex("by_userId_and_organizationId", (q) => q.eq("userId", userId))
    .paginate(options);
  const page = await Promise.all(
    result.page.map(async (membership) => ({
      membership,
      organization: await getOrganization(ctx, membership.organizationId),
    })),
  );
  return { ...result, page };
}

export async function get(ctx: QueryCtx, userId: Id<"users">, organizationId: Id<"organizations">) {
  const membership = await requireMember(ctx, userId, organizationId);
  return { membership, organization: await getOrganization(ctx, organizationId) };
}

async function getOrganization(ctx: QueryCtx, organizationId: Id<"organizations">) {
  const organization = await ctx.db.get("organizations", organizationId);
  if (organization === null) throw appError("NOT_FOUND", "Not found.");
  return organization;
}

/** Everybody in an organization, for those who are in it. People who are gone have no name. */
export async function members(
  ctx: QueryCtx,
  userId: Id<"users">,
  organizationId: Id<"organizations">,
  options: PaginationOptions,
) {
  await requireMember(ctx, userId, organizationId);
  const result = await ctx.db
    .query("memberships")
    .withIndex("by_organizationId", (q) => q.eq("organizationId", organizationId))
    .paginate(options);
  const page = await Promise.all(
    result.page.map(async (membership) => ({
      membership,
      user: await ctx.db.get("users", membership.userId),
    })),
  );
  return { ...result, page };
}

/** A code to give to one person. It is told once, and not kept. */
export async function invite(
  ctx: MutationCtx,
  userId: Id<"users">,
  organizationId: Id<"organizations">,
  role: Infer<typeof invitedRole>,
): Promise<string> {
  await requireMember(ctx, userId, organizationId, "admin");
  await dropExpired(ctx, organizationId);
  const code = crypto.randomUUID();
  await ctx.db.insert("invitations", {
    organizationId,
    role,
    codeHash: await sha256(code),
    expiresAt: Date.now() + INVITATION_TTL_MS,
  });
  return code;
}

async function dropExpired(ctx: MutationCtx, organizationId: Id<"organizations">): Promise<void> {
  const expired = await ctx.db
    .query("invitations")
    .withIndex("by_organizationId_and_expiresAt", (q) =>
      q.eq("organizationId", organizationId).lte("expiresAt", Date.now()),
    )
    .take(DROP_BATCH);
  for (const { _id } of expired) await ctx.db.delete("invitations", _id);
}

/** Lets the bearer of a code in, once. Unknown, used and expired codes give the same answer. */
export async function join(
  ctx: MutationCtx,
  userId: Id<"users">,
  code: string,
): Promise<Id<"organizations">> {
  const codeHash = await sha256(code);
  const invitation = await ctx.db
    .query("invitations")
    .withIndex("by_codeHash", (q) => q.eq("codeHash", codeHash))
    .unique();
  const isOpen = invitation?.usedBy === undefined || invitation.usedBy === userId;
  if (invitation === null || !isOpen || invitation.expiresAt <= Date.now()) {
    throw appError("NOT_FOUND", "This invitation is used or expired.");
  }
  const { _id, organizationId, role, usedBy } = invitation;
  if (usedBy === userId) return organizationId;

  await ctx.db.patch("invitations", _id, { usedBy: userId });
  const membership = await findMembership(ctx, userId, organizationId);
  // An invitation raises nobody who is in: that is setRole's to do.
  if (membership === null) await ctx.db.insert("memberships", { organizationId, userId, role });
  return organizationId;
}

/** Owners change roles, and never their own: so there is always an owner left. */
export async function setRole(
  ctx: MutationCtx,
  userId: Id<"users">,
  membershipId: Id<"memberships">,
  role: MemberRole,
): Promise<void> {
  const membership = await getMembership(ctx, userId, membershipId, "owner");
  if (membership.userId === userId) {
    throw appError("CONFLICT", "Another owner must change your role.");
  }
  if (membership.role !== role) await ctx.db.patch("memberships", membershipId, { role });
}

/** Members leave when they want to; administrators remove others. Owners are demoted first. */
export async function removeMember(
  ctx: MutationCtx,
  userId: Id<"users">,
  membershipId: Id<"memberships">,
): Promise<void> {
  const membership = await getMembership(ctx, userId, membershipId, "member");
  if (membership.userId !== userId) {
    await requireMember(ctx, userId, membership.organizationId, "admin");
  }
  if (membership.role === "owner") {
    throw appError("CONFLICT", "Another owner must change this owner's role first.");
  }
  await ctx.db.delete("memberships", membershipId);
}

/** A membership in an organization in which the caller has at least this role. */
async function getMembership(
  ctx: QueryCtx,
  userId: Id<"users">,
  membershipId: Id<"memberships">,
  atLeast: MemberRole,
): Promise<Doc<"memberships">> {
  const membership = await ctx.db.get("memberships", membershipId);
  await requireMember(ctx, userId, membership?.organizationId ?? null, atLeast);
  if (membership === null) throw appError("NOT_FOUND", "Not found.");
  return membership;
}
