import { expect, test } from "vitest";
import { backend } from "../test.setup";
import { listedUser, ownProfile, toListedUser, toOwnProfile } from "./views";

const EVERYTHING = {
  tokenIdentifier: "https://issuer.test|ann",
  role: "member" as const,
  name: "Ann",
  email: "ann@example.com",
};

test("people see these fields of themselves, and administrators these of others", async () => {
  const t = backend();
  const user = await t.run(async (ctx) => {
    const userId = await ctx.db.insert("users", EVERYTHING);
    return await ctx.db.get("users", userId);
  });
  if (user === null) throw new Error("not there");

  expect(toOwnProfile(user)).toEqual({
    userId: user._id,
    role: "member",
    name: "Ann",
    email: "ann@example.com",
  });
  expect(toListedUser(user)).toEqual({ userId: user._id, role: "member", name: "Ann" });
});

test("nothing else passes the validators", () => {
  expect(Object.keys(ownProfile.fields).sort()).toEqual(["email", "name", "role", "userId"]);
  expect(Object.keys(listedUser.fields).sort()).toEqual(["name", "role", "userId"]);
});
