import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { LIMITS } from "../lib/rateLimits";
import { backend, documentsReadBy, expectRefusal, member } from "../test.setup";

const { me, store } = api.users.public;

const ANN = { subject: "ann", name: "Ann", email: "ann@example.com" };

test("me is null until store has made the row", async () => {
  const ann = backend().withIdentity(ANN);
  expect(await ann.query(me, {})).toBeNull();
  const userId = await ann.mutation(store, {});
  expect(await ann.query(me, {})).toEqual({
    userId,
    role: "member",
    name: "Ann",
    email: "ann@example.com",
  });
});

test("store keeps one row for each identity, with the newest claims", async () => {
  const t = backend();
  const before = await t.withIdentity(ANN).mutation(store, {});
  const ann = t.withIdentity({ ...ANN, name: "Ann B.", email: undefined });
  expect(await ann.mutation(store, {})).toBe(before);
  expect(await ann.query(me, {})).toMatchObject({ name: "Ann B." });
  expect(await ann.query(me, {})).not.toHaveProperty("email");
});

test("store writes nothing when nothing has changed", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const metrics = await ann.mutation(async (ctx) => {
    await ctx.runMutation(store, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.documentsWritten.used).toBe(0);
});

test("store refuses a client that keeps changing its claims", async () => {
  const t = backend();
  const rename = (i: number) => t.withIdentity({ ...ANN, name: `Ann ${i}` }).mutation(store, {});
  for (let i = 0; i < LIMITS.profile.capacity; i += 1) await rename(i);
  await expectRefusal(rename(-1), "RATE_LIMITED");
});

test("the same subject of another issuer is another person", async () => {
  const t = backend();
  const here = await t.withIdentity(ANN).mutation(store, {});
  const there = t.withIdentity({ ...ANN, issuer: "https://other.test" });
  expect(await there.mutation(store, {})).not.toBe(here);
});

test("me reads one row, however many people there are", async () => {
  const t = backend();
  for (let i = 0; i < 150; i += 1) await member(t, `somebody ${i}`);
  const ann = await member(t, "ann");
  expect(await documentsReadBy(ann, me, {})).toBe(1);
});
