/**
 * Which role may do what, as data. Pure, so that clients can import it to hide what they cannot use.
 *
 * What somebody may do with their own things needs no permission: ownership is asked per document
 * (lib/auth.ts). To add a permission, name it here, give it to roles, and say
 * `adminMutation({ permission: "…", … })`. To add a role, add it to `userRole` (users/tables.ts):
 * the types then ask for its line here.
 */
import type { Role } from "./auth";

export const PERMISSIONS = ["users:read", "users:setRole"] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Administrators may do everything, also what asks for no permission by name. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  member: [],
  support: ["users:read"],
  admin: PERMISSIONS,
};

export function roleMay(role: Role, permission: Permission): boolean {
  return ROLE_PERMISSIONS[role].includes(permission);
}
