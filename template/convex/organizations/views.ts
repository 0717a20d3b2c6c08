/**
 * What others get to see of organizations and of the people in them. Whole documents never leave.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { memberRole } from "./tables";

/** What members see of their organization. */
export const organizationView = v.object({
  organizationId: v.id("organizations"),
  name: v.string(),
  /** The caller's own. */
  role: memberRole,
});

/** What members see of each other: a name, and no address. */
export const memberView = v.object({
  membershipId: v.id("memberships"),
  name: v.optional(v.string()),
  role: memberRole,
  isMe: v.boolean(),
});

export function toOrganizationView(from: {
  organization: Doc<"organizations">;
  membership: Doc<"memberships">;
}): Infer<typeof organizationView> {
  const { _id, name } = from.organization;
  return { organizationId: _id, name, role: from.membership.role };
}

export function toMemberView(
  { membership, user }: { membership: Doc<"memberships">; user: Doc<"users"> | null },
  viewer: Doc<"users">,
): Infer<typeof memberView> {
  const { _id, role, userId } = membership;
  return { membershipId: _id, name: user?.name, role, isMe: userId === viewer._id };
}
