import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backend, member, type Backend } from "../test.setup";
import { started } from "./test.fixtures";
import { Provider, useProvider } from "./test.provider";

beforeEach(() => {
  vi.useFakeTimers();
  useProvider();
});
afterEach(() => {
  vi.useRealTimers();
});

async function post(t: Backend, body: string, headers: Record<string, string>) {
  return await t.fetch("/webhooks/payments", { method: "POST", body, headers });
}

async function statusOf(t: Backend, event: unknown, spoil = (signature: string) => signature) {
  let status = 0;
  await new Provider().deliver(event as never, async (body, headers) => {
    const signature = spoil(headers["stripe-signature"] ?? "");
    status = (await post(t, body, { "stripe-signature": signature })).status;
    return status;
  });
  return status;
}

async function paid() {
  const t = backend();
  const reference: string = await started(await member(t, "ann"));
  const amounts = { amount: 9900, currency: "EUR", refunded: 0 };
  const charge = { id: "ch_1", reference, status: "succeeded", ...amounts };
  return { t, event: { id: "evt_1", data: { object: charge } } };
}

async function states(t: Backend) {
  const payments = await t.run((ctx) => ctx.db.query("payments").take(5));
  return payments.map(({ state }) => state.kind);
}

test("an event is answered at once, and again when it comes again", async () => {
  const { t, event } = await paid();
  expect(await statusOf(t, event)).toBe(200);
  expect(await states(t)).toEqual(["paid"]);
  expect(await statusOf(t, event)).toBe(200);
  expect(await states(t)).toEqual(["paid"]);
});

test("an event about something else is thanked for", async () => {
  const { t } = await paid();
  expect(await statusOf(t, { id: "evt_1", type: "payout.paid", data: {} })).toBe(200);
  expect(await states(t)).toEqual(["charging"]);
});

test("an event with a wrong signature is refused, and so is everything without a secret", async () => {
  const { t, event } = await paid();
  expect(await statusOf(t, event, (signature) => `${signature}0`)).toBe(401);
  vi.stubEnv("PAYMENTS_WEBHOOK_SECRET", undefined);
  expect(await statusOf(t, event)).toBe(401);
  expect(await states(t)).toEqual(["charging"]);
});
