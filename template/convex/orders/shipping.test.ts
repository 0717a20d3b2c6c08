import { beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { backend, expectRefusal, member } from "../test.setup";
import { placed } from "./test.fixtures";

const { get, quoteShipping } = api.orders.public;
const { markPaid, recordQuote } = internal.orders.internal;

const QUOTE = { amount: 590, currency: "EUR" };

beforeEach(() => {
  vi.stubEnv("SHIPPING_API_URL", "https://carrier.test/v1");
});

/** The carrier answers this to every question. */
function carrier(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn<(url: URL, init: RequestInit) => Promise<Response>>(async () => answer());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

async function annAndHerOrder() {
  const t = backend();
  const ann = await member(t, "ann");
  return { t, ann, orderId: await placed(ann) };
}

test("the quote is asked for, answered, and kept with the order", async () => {
  const fetch = carrier(() => Response.json(QUOTE));
  const { ann, orderId } = await annAndHerOrder();
  const call = { orderId, country: "DE" };
  expect(await ann.action(quoteShipping, call)).toBe(590);

  const [url, init] = fetch.mock.lastCall ?? [];
  expect(url?.href).toBe("https://carrier.test/v1/quotes?country=DE&currency=EUR&pieces=3");
  expect(init?.signal).toBeInstanceOf(AbortSignal);
  const { shipping } = await ann.query(get, { orderId });
  expect(shipping).toMatchObject({ amount: 590, country: "DE" });
});

const json = (value: unknown) => () => Response.json(value);

test.each([
  ["is down", () => Promise.reject(new TypeError("fetch failed"))],
  ["is too slow", () => Promise.reject(new DOMException("", "TimeoutError"))],
  ["fails", () => Response.json(QUOTE, { status: 503 })],
  ["does not speak JSON", () => new Response("<html>")],
  ["answers nothing", json(null)],
  ["leaves out the amount", json({ currency: "EUR" })],
  ["quotes in another currency", json({ ...QUOTE, currency: "USD" })],
  ["quotes no number", json({ ...QUOTE, amount: "590" })],
  ["quotes half a cent", json({ ...QUOTE, amount: 5.5 })],
  ["pays us", json({ ...QUOTE, amount: -1 })],
  ["quotes a fortune", json({ ...QUOTE, amount: 1e9 })],
])("when the carrier %s, nothing is kept", async (_, answer) => {
  carrier(answer);
  const { ann, orderId } = await annAndHerOrder();
  const call = ann.action(quoteShipping, { orderId, country: "DE" });
  await expectRefusal(call, "UPSTREAM_FAILED");
  expect(await ann.query(get, { orderId })).not.toHaveProperty("shipping");
});

test("without a carrier there are no quotes", async () => {
  vi.stubEnv("SHIPPING_API_URL", undefined);
  const { ann, orderId } = await annAndHerOrder();
  const call = ann.action(quoteShipping, { orderId, country: "DE" });
  await expectRefusal(call, "UPSTREAM_FAILED");
});

test("the carrier is not bothered with a stranger's order or a strange country", async () => {
  const fetch = carrier(json(QUOTE));
  const { t, ann, orderId } = await annAndHerOrder();
  const bob = await member(t, "bob");
  await expectRefusal(bob.action(quoteShipping, { orderId, country: "DE" }), "NOT_FOUND");
  await expectRefusal(
    ann.action(quoteShipping, { orderId, country: "de&pieces=0" }),
    "INVALID_ARGUMENT",
  );
  expect(fetch).not.toHaveBeenCalled();
});

test("a quote that comes too late is not kept", async () => {
  const { t, ann, orderId } = await annAndHerOrder();
  carrier(async () => {
    await t.mutation(markPaid, { orderId });
    return Response.json(QUOTE);
  });
  const call = ann.action(quoteShipping, { orderId, country: "DE" });
  await expectRefusal(call, "CONFLICT");
});

test("the carrier is not asked about an order that is paid", async () => {
  const fetch = carrier(json(QUOTE));
  const { t, ann, orderId } = await annAndHerOrder();
  await t.mutation(markPaid, { orderId });
  const call = ann.action(quoteShipping, { orderId, country: "DE" });
  await expectRefusal(call, "CONFLICT");
  expect(fetch).not.toHaveBeenCalled();
});

test("recordQuote checks the owner again", async () => {
  const { t, orderId } = await annAndHerOrder();
  const { userId: ownerId } = await member(t, "bob");
  const quote = { ownerId, orderId, country: "DE", amount: 590 };
  await expectRefusal(t.mutation(recordQuote, quote), "NOT_FOUND");
});
