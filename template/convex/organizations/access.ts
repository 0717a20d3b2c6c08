/**
 * Who may act for an organization. What belongs to one has an `organizationId`, and every function
 * that takes an id of such a thing asks here, with the organization of the document it has loaded:
 *
 *     const project = await ctx.db.get("projects", args.projectId);
 *     await requireMember(ctx, ctx.user._id, project?.organizationId ?? null);
 *
 * Imported by the domains whose documents belong to organizations.
 */
import type { Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { appError } from "../lib/errors";
import type { memberRole } from "./tables";

export type MemberRole = Infer<typeof memberRole>;

/** Each may do what those before it may. */
const RANK: Record<MemberRole, number> = { member: 0, admin: 1, owner: 2 };

export async function findMembership(
  ctx: Pick<QueryCtx, "db">,
  userId: Id<"users">,
  organizationId: Id<"organizations">,
): Promise<Doc<"memberships"> | null> {
  return await ctx.db
    .query("memberships")
    .withIndex("by_userId_and_organizationId", (q) =>
      q.eq("userId", userId).eq("organizationId", organizationId),
    )
    .unique();
}

/**
 * The membership of somebody who has at least this role.
 *
 * To others the organization is not there: null, an id of nothing and somebody else's organization
 * give the same NOT_FOUND. Only members learn that their role is not enough.
 */
export async function requireMember(
  ctx: Pick<QueryCtx, "db">,
  userId: Id<"users">,
  organizationId: Id<"organizations"> | null,
  atLeast: MemberRole = "member",
): Promise<Doc<"memberships">> {
  const membership =
    organizationId === null ? null : await findMembership(ctx, userId, organizationId);
  if (membership === null) throw appError("NOT_FOUND", "Not found.");
  if (RANK[membership.role] < RANK[atLeast]) throw appError("FORBIDDEN", "Not allowed.");
  return membership;
}
