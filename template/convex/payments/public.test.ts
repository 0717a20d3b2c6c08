import { beforeEach, afterEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";
import { chargeOf, intent, manyPayments, started } from "./test.fixtures";

const { get, list, listEntitlements, start } = api.payments.public;
const { provision, record } = internal.payments.internal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a payment has its price from here, and shows nothing of the provider", async () => {
  const ann = await member(backend(), "ann");
  const paymentId = await started(ann);
  expect(await ann.query(get, { paymentId })).toEqual({
    paymentId,
    startedAt: expect.any(Number) as number,
    product: "pro",
    currency: "EUR",
    amount: 9900,
    refunded: 0,
    state: "charging",
  });
});

test("a request that is repeated finds its payment; another one is another payment", async () => {
  const ann = await member(backend(), "ann");
  const paymentId = await started(ann, "1");
  expect(await started(ann, "1")).toBe(paymentId);
  const other = await started(ann, "2");
  const { page } = await ann.query(list, firstPage());
  expect(page.map((payment) => payment.paymentId)).toEqual([other, paymentId]);
});

test("a key that was used for something else is refused", async () => {
  const ann = await member(backend(), "ann");
  await started(ann);
  await expectRefusal(ann.mutation(start, { ...intent(), product: "team" }), "KEY_REUSED");
});

test.each([
  { product: "moon" },
  { product: "toString" },
  { method: "" },
  { method: "x".repeat(201) },
  { requestId: "" },
])("%j is refused, and nothing is begun", async (strange) => {
  const t = backend();
  const ann = await member(t, "ann");
  await expectRefusal(ann.mutation(start, { ...intent(), ...strange }), "INVALID_ARGUMENT");
  expect(await t.run((ctx) => ctx.db.query("payments").take(1))).toEqual([]);
});

test("what was paid for is there, until it is refunded", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const paymentId = await started(ann);
  await t.mutation(record, { paymentId, report: chargeOf(paymentId) });
  expect((await ann.query(listEntitlements, firstPage())).page).toEqual([]);
  await t.mutation(provision, { paymentId });
  const [held] = (await ann.query(listEntitlements, firstPage())).page;
  expect(held).toMatchObject({ product: "pro" });
  expect(held).not.toHaveProperty("revokedAt");

  const report = { ...chargeOf(paymentId), refunded: 9900 };
  await t.mutation(record, { paymentId, report });
  const [revoked] = (await ann.query(listEntitlements, firstPage())).page;
  expect(revoked?.revokedAt).toEqual(expect.any(Number));
  expect(await ann.query(get, { paymentId })).toMatchObject({ state: "refunded", refunded: 9900 });
});

test("list reads one page and the caller", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await manyPayments(t, ann.userId, 150, 0);
  expect(await documentsReadBy(ann, list, firstPage(10_000))).toBe(MAX_PAGE_SIZE + 1);
});
