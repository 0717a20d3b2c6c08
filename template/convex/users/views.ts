/**
 * What others get to see of a user. Whole documents never leave: a field that is added to the table
 * stays inside until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { userRole } from "./tables";

/** What people see of themselves. */
export const ownProfile = v.object({
  userId: v.id("users"),
  role: userRole,
  name: v.optional(v.string()),
  email: v.optional(v.string()),
});

/** What administrators see of others: enough to tell people apart and to change a role. */
export const listedUser = ownProfile.omit("email");

/** How many people have each role. Tells nothing of anybody. */
export const roleCounts = v.object({ member: v.number(), support: v.number(), admin: v.number() });

export function toOwnProfile(user: Doc<"users">): Infer<typeof ownProfile> {
  return { ...toListedUser(user), email: user.email };
}

export function toListedUser(user: Doc<"users">): Infer<typeof listedUser> {
  return { userId: user._id, role: user.role, name: user.name };
}
