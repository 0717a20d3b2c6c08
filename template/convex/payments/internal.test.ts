import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { admin, backend, expectRefusal, firstPage, member, type Backend } from "../test.setup";
import { CHECK_BATCH } from "./model";
import { chargeOf, manyPayments, started } from "./test.fixtures";

const { applyEvent, checkHung, provision, record, wanted } = internal.payments.internal;
const { askAgain, listByState } = api.payments.admin;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

async function paymentOfAnn() {
  const t = backend();
  return { t, paymentId: await started(await member(t, "ann")) };
}

async function stateOf(t: Backend, paymentId: Id<"payments">) {
  return (await t.run((ctx) => ctx.db.get("payments", paymentId)))?.state;
}

type Charge = ReturnType<typeof chargeOf>;

describe("news of the provider move a payment forward, and never back", () => {
  const SUCCEEDED = {};
  const REFUNDED = { refunded: 9900 };
  const HALF = { refunded: 4000 };
  const DECLINED = { status: "declined" as const };
  const PENDING = { status: "pending" as const };

  test.each<[string, Partial<Omit<Charge, "status">> & { status?: string }[], string]>([
    ["pending, succeeded", [PENDING, SUCCEEDED], "provisioned"],
    ["succeeded, pending", [SUCCEEDED, PENDING], "provisioned"],
    ["succeeded twice", [SUCCEEDED, SUCCEEDED], "provisioned"],
    ["succeeded, declined", [SUCCEEDED, DECLINED], "provisioned"],
    ["declined, succeeded", [DECLINED, SUCCEEDED], "provisioned"],
    ["declined", [DECLINED], "declined"],
    ["refunded, succeeded", [REFUNDED, SUCCEEDED], "refunded"],
    ["succeeded, refunded", [SUCCEEDED, REFUNDED], "refunded"],
    ["half refunded, succeeded", [HALF, SUCCEEDED], "provisioned"],
  ])("%s", async (_, news, end) => {
    const { t, paymentId } = await paymentOfAnn();
    for (const part of news as Partial<Charge>[]) {
      const report = { ...chargeOf(paymentId), ...part };
      await t.mutation(record, { paymentId, report });
      await t.mutation(provision, { paymentId });
    }
    expect((await stateOf(t, paymentId))?.kind).toBe(end);
    const kept = await t.run((ctx) => ctx.db.query("notifications").take(5));
    expect(kept).toHaveLength(
      end === "provisioned" || (news.length > 1 && news[0] === SUCCEEDED) ? 1 : 0,
    );
  });

  test("what was given back is never given back less", async () => {
    const { t, paymentId } = await paymentOfAnn();
    for (const refunded of [4000, 0, 1000]) {
      await t.mutation(record, { paymentId, report: { ...chargeOf(paymentId), refunded } });
    }
    const payment = await t.run((ctx) => ctx.db.get("payments", paymentId));
    expect(payment?.refunded).toBe(4000);
  });

  test("no charge at the provider is no news for a payment that has one", async () => {
    const { t, paymentId } = await paymentOfAnn();
    await t.mutation(record, { paymentId, report: chargeOf(paymentId) });
    await t.mutation(record, { paymentId, report: { status: "absent" } });
    expect((await stateOf(t, paymentId))?.kind).toBe("paid");
  });

  test("money that comes after all attempts failed counts", async () => {
    const { t, paymentId } = await paymentOfAnn();
    await t.mutation(record, { paymentId, report: { status: "absent" } });
    expect((await stateOf(t, paymentId))?.kind).toBe("failed");
    expect(await t.query(wanted, { paymentId })).toBeNull();
    await t.mutation(record, { paymentId, report: chargeOf(paymentId) });
    expect((await stateOf(t, paymentId))?.kind).toBe("paid");
  });

  test("a payment that is gone cannot be reported on", async () => {
    const { t, paymentId } = await paymentOfAnn();
    await t.run((ctx) => ctx.db.delete("payments", paymentId));
    const report = chargeOf(paymentId);
    await expectRefusal(t.mutation(record, { paymentId, report }), "NOT_FOUND");
  });
});

describe("what a person has to look at", () => {
  test.each([
    ["another amount", { amount: 1 }, "wrongAmount"],
    ["another currency", { currency: "USD" }, "wrongAmount"],
  ])("%s", async (_, part, doubt) => {
    const { t, paymentId } = await paymentOfAnn();
    await t.mutation(record, { paymentId, report: { ...chargeOf(paymentId), ...part } });
    expect(await stateOf(t, paymentId)).toEqual({ kind: "review", doubt, since: NOW });
  });

  test("a second charge, which stays in doubt until all of them are looked at", async () => {
    const { t, paymentId } = await paymentOfAnn();
    const [first, second] = ["ch_1", "ch_2"].map((chargeId) => ({
      ...chargeOf(paymentId),
      chargeId,
    }));
    for (const report of [first, second, first]) {
      if (report !== undefined) await t.mutation(record, { paymentId, report });
    }
    const doubt = { kind: "review", doubt: "chargedTwice" };
    expect(await stateOf(t, paymentId)).toMatchObject(doubt);

    const boss = await admin(t);
    const { page } = await boss.query(listByState, { kind: "review", ...firstPage() });
    expect(page).toMatchObject([{ paymentId, amount: 9900, state: doubt }]);
    await boss.mutation(askAgain, { paymentId });
    await expectRefusal(boss.mutation(askAgain, { paymentId }), "CONFLICT");
  });

  test("the refund of a second charge is no news of the first", async () => {
    const { t, paymentId } = await paymentOfAnn();
    await t.mutation(record, { paymentId, report: chargeOf(paymentId) });
    const other = { ...chargeOf(paymentId), chargeId: "ch_2", refunded: 9900 };
    await t.mutation(record, { paymentId, report: other });
    expect((await stateOf(t, paymentId))?.kind).toBe("paid");
  });

  test("a payment that is gone cannot be asked about", async () => {
    const { t, paymentId } = await paymentOfAnn();
    await t.run((ctx) => ctx.db.delete("payments", paymentId));
    const boss = await admin(t);
    await expectRefusal(boss.mutation(askAgain, { paymentId }), "NOT_FOUND");
  });
});

test("an event is applied once, and those of others not at all", async () => {
  const { t, paymentId } = await paymentOfAnn();
  const charge = chargeOf(paymentId);
  await t.mutation(applyEvent, { eventId: "evt_1", charge });
  await t.mutation(applyEvent, { eventId: "evt_1", charge: { ...charge, refunded: 9900 } });
  expect((await stateOf(t, paymentId))?.kind).toBe("paid");

  const foreign = { ...charge, reference: "invoice-7" };
  await t.mutation(applyEvent, { eventId: "evt_2", charge: foreign });
  expect((await stateOf(t, paymentId))?.kind).toBe("paid");
});

test("one run of the cron looks at one batch, and starts the next until none is left", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await manyPayments(t, ann.userId, CHECK_BATCH + 5, NOW - 1);
  await manyPayments(t, ann.userId, 5, NOW);

  const metrics = await t.mutation(async (ctx) => {
    await ctx.runMutation(checkHung, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.functionsScheduled.used).toBeGreaterThan(CHECK_BATCH);
  await t.mutation(checkHung, {});
  const runs = await t.run((ctx) => ctx.db.query("retryRuns").take(200));
  expect(runs).toHaveLength(CHECK_BATCH + 5);
});
