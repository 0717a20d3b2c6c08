import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { expectRefusal, member, type Backend, type Visitor } from "../test.setup";
import { RECENT_SIGN_IN_MS, signedInAt } from "./recentSignIn";
import { backendWithProbes } from "./test.probes";

const NOW = Date.UTC(2030, 0, 1);
const NOW_S = NOW / 1000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const guardedMutation = makeFunctionReference<"mutation">("probes:guardedMutation");
const guardedAction = makeFunctionReference<"action">("probes:guardedAction");

const CALLS = {
  mutation: (visitor: Visitor) => visitor.mutation(guardedMutation, { times: 1 }),
  action: (visitor: Visitor) => visitor.action(guardedAction, { times: 1 }),
};

/** Ann, with another token than the one she signed in with. */
function withToken(t: Backend, claims: Record<string, string | number | number[]>): Visitor {
  return t.withIdentity({ subject: "ann", name: "ann", ...claims });
}

test.each(Object.entries(CALLS))("a guarded %s asks for a recent sign-in", async (_, call) => {
  const t = backendWithProbes();
  const ann = await member(t, "ann");
  await expectRefusal(call(t), "UNAUTHENTICATED");
  expect(await call(ann)).toBe(ann.userId);

  vi.setSystemTime(NOW + RECENT_SIGN_IN_MS);
  expect(await call(ann)).toBe(ann.userId);
  vi.setSystemTime(NOW + RECENT_SIGN_IN_MS + 1);
  await expectRefusal(call(ann), "REAUTHENTICATION_REQUIRED");
});

test("a token that was only renewed, or does not say when, is not enough", async () => {
  const t = backendWithProbes();
  await member(t, "ann");
  const renewed = withToken(t, { iat: NOW_S, auth_time: NOW_S - 3600 });
  await expectRefusal(CALLS.mutation(renewed), "REAUTHENTICATION_REQUIRED");
  await expectRefusal(CALLS.mutation(withToken(t, { iat: NOW_S })), "REAUTHENTICATION_REQUIRED");
});

test("claims in any script are read", async () => {
  const t = backendWithProbes();
  await member(t, "ann");
  const ann = withToken(t, { auth_time: NOW_S, nickname: "Ánn~日本?>" });
  await CALLS.mutation(ann);
});

// 2030-01-01T00:00:00.000Z as the time of a ULID is 01Q3DCBD00.
const SESSION = "session_01Q3DCBD000123456789ABCDEF";

test.each([
  ["auth_time", { auth_time: NOW_S, iat: NOW_S + 900 }, NOW],
  ["Clerk, minutes before the token", { fva: [7, -1], iat: NOW_S }, NOW - 7 * 60_000],
  ["WorkOS, the time in the session's id", { sid: SESSION, iat: NOW_S + 900 }, NOW],
])("signedInAt reads %s", (_, claims, expected) => {
  expect(signedInAt(claims)).toBe(expected);
});

test.each([
  {},
  { iat: NOW_S },
  { auth_time: "2030" },
  { fva: [-1, -1], iat: NOW_S },
  { fva: [7, -1] },
  { fva: 7, iat: NOW_S },
  { fva: ["7"], iat: NOW_S },
  { sid: "session_1" },
  { sid: "sess_01Q3DCBD000123456789ABCDEF" },
  { sid: `${SESSION}0` },
  { sid: SESSION.toLowerCase() },
  { sid: 7 },
])("signedInAt finds nothing in %j", (claims) => {
  expect(signedInAt(claims)).toBeNull();
});
