import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { appError } from "../lib/errors";
import { backend, expectRefusal, type Backend } from "../test.setup";
import {
  claim,
  complete,
  fail,
  KEEP_FOR_MS,
  LEASE_MS,
  MAX_RESULT_BYTES,
  withIdempotencyKey,
  type Claim,
} from "./idempotency";
import { inMutation as run } from "./test.probes";

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const CHARGE: Claim = { scope: "payments/charge", key: "k1", request: { amount: 10n, to: "ann" } };

/** Charges, unless the key says that it has been done. */
async function charge(t: Backend, operation: Claim, charges: string[]) {
  return await run(t, (ctx) =>
    withIdempotencyKey(ctx, operation, () => {
      charges.push(operation.key);
      return { charge: charges.length };
    }),
  );
}

test("the same key again gives the stored result, and does nothing", async () => {
  const t = backend();
  const charges: string[] = [];
  expect(await charge(t, CHARGE, charges)).toEqual({ charge: 1 });
  expect(await charge(t, CHARGE, charges)).toEqual({ charge: 1 });
  expect(charges).toEqual(["k1"]);
});

test("two with one key at the same time are one", async () => {
  const t = backend();
  const charges: string[] = [];
  const both = [charge(t, CHARGE, charges), charge(t, CHARGE, charges)];
  expect(await Promise.all(both)).toEqual([{ charge: 1 }, { charge: 1 }]);
  expect(charges).toEqual(["k1"]);
});

test("the order of fields is no difference, their values are", async () => {
  const t = backend();
  const charges: string[] = [];
  await charge(t, CHARGE, charges);
  await charge(t, { ...CHARGE, request: { to: "ann", amount: 10n } }, charges);
  for (const request of [{ amount: 11n, to: "ann" }, { amount: 10, to: "ann" }, {}, [], null]) {
    await expectRefusal(charge(t, { ...CHARGE, request }, charges), "KEY_REUSED");
  }
  expect(charges).toEqual(["k1"]);
});

test.each<[string, Partial<Claim>]>([
  ["another key", { key: "k2" }],
  ["another scope", { scope: "payments/refund" }],
  ["somebody else's", { owner: "bob" }],
])("%s is another operation", async (_, other) => {
  const t = backend();
  const charges: string[] = [];
  await charge(t, { ...CHARGE, owner: "ann" }, charges);
  await charge(t, { ...CHARGE, owner: "ann", ...other }, charges);
  expect(charges).toHaveLength(2);
});

test("what throws leaves no key behind, so that it can be sent again", async () => {
  const t = backend();
  const refused = run(t, (ctx) =>
    withIdempotencyKey(ctx, CHARGE, () => {
      throw appError("CONFLICT", "Sold out.");
    }),
  );
  await expectRefusal(refused, "CONFLICT");
  expect(await charge(t, CHARGE, [])).toEqual({ charge: 1 });
});

test.each(["", "k".repeat(257)])("a key of strange length is refused", async (key) => {
  const t = backend();
  await expectRefusal(charge(t, { ...CHARGE, key }, []), "INVALID_ARGUMENT");
  await expectRefusal(charge(t, { ...CHARGE, scope: key }, []), "INVALID_ARGUMENT");
  await expectRefusal(charge(t, { ...CHARGE, owner: key }, []), "INVALID_ARGUMENT");
});

test("a result that is too large takes the whole operation back", async () => {
  const t = backend();
  const large = "x".repeat(MAX_RESULT_BYTES);
  const call = run(t, (ctx) => withIdempotencyKey(ctx, CHARGE, () => large));
  await expectRefusal(call, "INVALID_ARGUMENT");
  expect(await charge(t, CHARGE, [])).toEqual({ charge: 1 });
});

test("a flow that spans an action is in progress until it is completed", async () => {
  const t = backend();
  const first = await run(t, (ctx) => claim(ctx, CHARGE));
  expect(first).toEqual({ state: "new", claimId: first.claimId, attempt: 1 });
  const second = await run(t, (ctx) => claim(ctx, CHARGE));
  expect(second).toEqual({ ...first, state: "inProgress" });
  await expectRefusal(charge(t, CHARGE, []), "IN_PROGRESS");

  await run(t, (ctx) => complete(ctx, first.claimId, "ch_1"));
  await run(t, (ctx) => complete(ctx, first.claimId, "ch_2"));
  await run(t, (ctx) => fail(ctx, first.claimId, "too late to fail"));
  const third = await run(t, (ctx) => claim(ctx, CHARGE));
  expect(third).toEqual({ ...first, state: "done", result: "ch_1" });
});

test("a flow that failed begins again, and is counted", async () => {
  const t = backend();
  const { claimId } = await run(t, (ctx) => claim(ctx, CHARGE));
  await run(t, (ctx) => fail(ctx, claimId, "the bank is closed"));
  const again = await run(t, (ctx) => claim(ctx, CHARGE));
  expect(again).toEqual({ state: "new", claimId, attempt: 2 });
  const row = await t.run((ctx) => ctx.db.get("idempotencyKeys", claimId));
  expect(row).toMatchObject({ attempts: 2, lastError: "the bank is closed" });
  expect(row).not.toHaveProperty("expiresAt");
});

test("a claim is taken over when its lease has run out, and not before", async () => {
  const t = backend();
  const { claimId } = await run(t, (ctx) => claim(ctx, CHARGE));
  vi.setSystemTime(NOW + LEASE_MS - 1);
  expect(await run(t, (ctx) => claim(ctx, CHARGE))).toMatchObject({ state: "inProgress" });
  vi.setSystemTime(NOW + LEASE_MS);
  const taken = await run(t, (ctx) => claim(ctx, CHARGE));
  expect(taken).toEqual({ state: "new", claimId, attempt: 2 });
});

test("the end is kept for as long as was asked, what is open for ever", async () => {
  const t = backend();
  const expiry = (key: string, keepForMs?: number) =>
    run(t, async (ctx) => {
      const { claimId } = await claim(ctx, { ...CHARGE, key, keepForMs });
      const open = await ctx.db.get("idempotencyKeys", claimId);
      await complete(ctx, claimId, null);
      const ended = await ctx.db.get("idempotencyKeys", claimId);
      return [open?.expiresAt ?? null, ended?.expiresAt ?? null];
    });
  expect(await expiry("default")).toEqual([null, NOW + KEEP_FOR_MS]);
  expect(await expiry("short", 1000)).toEqual([null, NOW + 1000]);
});

test("what is completed after it expired is nobody's business", async () => {
  const t = backend();
  const { claimId } = await run(t, (ctx) => claim(ctx, CHARGE));
  await t.run((ctx) => ctx.db.delete("idempotencyKeys", claimId));
  await run(t, (ctx) => complete(ctx, claimId, null));
  await run(t, (ctx) => fail(ctx, claimId, "gone"));
});
