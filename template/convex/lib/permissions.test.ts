import { expect, test } from "vitest";
import { PERMISSIONS, ROLE_PERMISSIONS, roleMay } from "./permissions";

test("administrators may do everything, members nothing", () => {
  for (const permission of PERMISSIONS) {
    expect(roleMay("admin", permission)).toBe(true);
    expect(roleMay("member", permission)).toBe(false);
  }
});

test("what roles may do is decided here and nowhere else", () => {
  expect(ROLE_PERMISSIONS).toEqual({
    member: [],
    support: ["users:read"],
    admin: ["users:read", "users:setRole"],
  });
});
