import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backend, expectRefusal, member, type Visitor } from "../test.setup";
import { isAppError } from "./errors";
import { LIMITS, limitRate, visitorKey } from "./rateLimits";
import { backendWithProbes } from "./test.probes";

const { capacity, period, rate } = LIMITS.costly;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1), toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const limitedMutation = makeFunctionReference<"mutation">("probes:limitedMutation");
const limitedAction = makeFunctionReference<"action">("probes:limitedAction");
const limitedOpenMutation = makeFunctionReference<"mutation">("probes:limitedOpenMutation");

async function repeat(call: () => Promise<unknown>, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await call();
}

test.each([
  ["mutation", (visitor: Visitor) => visitor.mutation(limitedMutation, { times: 1 })],
  ["action", (visitor: Visitor) => visitor.action(limitedAction, { times: 1 })],
  ["open mutation", (visitor: Visitor) => visitor.mutation(limitedOpenMutation, { times: 1 })],
])("a limit on the %s holds for each person by themselves", async (_, call) => {
  const t = backendWithProbes();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  await repeat(() => call(ann), capacity);
  await expectRefusal(call(ann), "RATE_LIMITED");
  await call(bob);
});

test("the error says when to come back, and then the call succeeds", async () => {
  const ann = await member(backendWithProbes(), "ann");
  const call = () => ann.mutation(limitedMutation, { times: 1 });
  await repeat(call, capacity);
  const error: unknown = await call().catch((thrown: unknown) => thrown);
  if (!isAppError(error)) throw new Error("no appError");
  expect(error.data).toEqual({
    code: "RATE_LIMITED",
    message: "Too many calls.",
    retryAfter: period / rate,
  });
  vi.setSystemTime(Date.now() + period / rate - 1);
  await expectRefusal(call(), "RATE_LIMITED");
  vi.setSystemTime(Date.now() + 1);
  await call();
});

test("callers without an account are counted by their address", async () => {
  const t = backendWithProbes();
  const from = (ip: string) => () =>
    t.withRequestMetadata({ ip }).mutation(limitedOpenMutation, { times: 1 });
  await repeat(from("192.0.2.1"), capacity);
  await expectRefusal(from("192.0.2.1")(), "RATE_LIMITED");
  await from("192.0.2.2")();
});

test("somebody who may not call uses up nobody's calls", async () => {
  const t = backendWithProbes();
  const call = () => t.mutation(limitedMutation, { times: 1 });
  for (let i = 0; i <= capacity; i += 1) await expectRefusal(call(), "UNAUTHENTICATED");
});

test("a call that fails gives its count back, unless it was counted in an action", async () => {
  const t = backend();
  const failing = () =>
    t.mutation(async (ctx) => {
      await limitRate(ctx, "costly", "somebody");
      throw new Error("later");
    });
  for (let i = 0; i <= capacity; i += 1) await expect(failing()).rejects.toThrow("later");

  const counted = () => t.action((ctx) => limitRate(ctx, "costly", "somebody"));
  await repeat(counted, capacity);
  await expectRefusal(counted(), "RATE_LIMITED");
});

test("a visitor is their token, else their address", async () => {
  const t = backend();
  const ann = t.withIdentity({ subject: "ann", issuer: "https://issuer.test" });
  const key = (visitor: Visitor) => visitor.mutation((ctx) => visitorKey(ctx));
  expect(await key(ann)).toBe("https://issuer.test|ann");
  expect(await key(t.withRequestMetadata({ ip: "192.0.2.1" }))).toBe("192.0.2.1");
  expect(await key(t)).toBe("nowhere");
});
