/**
 * Tokens as providers make them: who their holders are, and what claims do not give them.
 */
import { describe, expect, test } from "vitest";
import { api } from "../_generated/api";
import { backend, expectRefusal, firstPage } from "../test.setup";
import { signedInAt } from "./recentSignIn";

const SIGNED_IN = Date.UTC(2030, 0, 1);
const SIGNED_IN_S = SIGNED_IN / 1000;

/** A quarter of an hour after the sign-in, each token has been renewed at least once. */
const RENEWED_S = SIGNED_IN_S + 15 * 60;

const TOKENS = {
  Clerk: {
    issuer: "https://verb-noun-00.clerk.accounts.dev",
    subject: "user_2abc",
    azp: "https://app.test",
    fva: [15, -1],
    iat: RENEWED_S,
    role: "admin",
    sid: "sess_2abc",
  },
  Auth0: {
    issuer: "https://tenant.eu.auth0.com/",
    subject: "auth0|64abc",
    auth_time: SIGNED_IN_S,
    emailVerified: true,
    iat: RENEWED_S,
    "https://shop.test/roles": ["admin"],
    sid: "abc",
  },
  "WorkOS AuthKit": {
    issuer: "https://api.workos.com/user_management/client_01ABC",
    subject: "user_01ABC",
    iat: RENEWED_S,
    org_id: "org_01ABC",
    permissions: ["users:read", "users:setRole"],
    role: "admin",
    // A ULID, which begins with the time at which the session did.
    sid: "session_01Q3DCBD000123456789ABCDEF",
  },
  "OpenID Connect": {
    issuer: "https://accounts.example.com",
    subject: "248289761001",
    acr: "urn:mace:incommon:iap:silver",
    auth_time: SIGNED_IN_S,
    groups: ["admin"],
    iat: RENEWED_S,
  },
  "your own issuer": {
    issuer: "https://auth.example.com",
    subject: "42",
    auth_time: SIGNED_IN_S,
    iat: RENEWED_S,
    role: "admin",
  },
};

describe.each(Object.entries(TOKENS))("a token of %s", (_, claims) => {
  test("says who its holder is", async () => {
    const t = backend();
    const visitor = t.withIdentity(claims);
    const userId = await visitor.mutation(api.users.public.store, {});
    const user = await t.run((ctx) => ctx.db.get("users", userId));
    expect(user?.tokenIdentifier).toBe(`${claims.issuer}|${claims.subject}`);
    expect(await visitor.query(api.users.public.me, {})).toEqual({ userId, role: "member" });
  });

  test("gives no role and no permission, whatever it claims", async () => {
    const visitor = backend().withIdentity(claims);
    await visitor.mutation(api.users.public.store, {});
    await expectRefusal(visitor.query(api.users.admin.list, firstPage()), "FORBIDDEN");
  });

  test("says when its holder signed in, however often it was renewed", () => {
    expect(signedInAt(claims)).toBe(SIGNED_IN);
  });
});

test("two people of two providers may have the same subject", async () => {
  const t = backend();
  const ids = await Promise.all(
    Object.values(TOKENS).map(({ issuer }) =>
      t.withIdentity({ issuer, subject: "42" }).mutation(api.users.public.store, {}),
    ),
  );
  expect(new Set(ids).size).toBe(ids.length);
});
