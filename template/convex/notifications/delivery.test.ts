import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { admin, backend, expectRefusal, firstPage, member } from "../test.setup";
import { notified, reachable } from "./test.fixtures";
import { MESSAGES_URL, MessageService, useMessageService } from "./test.service";

const { listByDelivery, resend } = api.notifications.admin;

beforeEach(() => {
  vi.useFakeTimers();
  useMessageService();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A message service that answers this first, and then as it should. */
function service(...spoilt: (() => Response | Promise<Response>)[]) {
  const messages = new MessageService();
  const fetch = vi.fn(async (_url: URL, init: RequestInit) => {
    const spoil = spoilt.shift();
    return spoil === undefined ? messages.answer(init) : await spoil();
  });
  vi.stubGlobal("fetch", fetch);
  return { fetch, messages };
}

async function deliveryOfOne(t: ReturnType<typeof backend>) {
  await t.finishAllScheduledFunctions(vi.runAllTimers, 1000);
  const [row] = await t.run((ctx) => ctx.db.query("notifications").take(2));
  return row?.delivery;
}

test("what people are told is sent to them, under the notification's own key", async () => {
  const t = backend();
  const { fetch, messages } = service();
  const ann = await reachable(t);
  const notificationId = await notified(t, ann.userId);

  expect(await deliveryOfOne(t)).toMatchObject({ kind: "sent", messageId: "msg_1" });
  expect(messages.sent).toEqual([
    { id: "msg_1", to: "ann@example.com", subject: "News", text: "About news/1." },
  ]);
  const [url, init] = fetch.mock.lastCall ?? [];
  expect(url?.href).toBe(`${MESSAGES_URL}/messages`);
  expect(init?.signal).toBeInstanceOf(AbortSignal);
  expect(new Headers(init?.headers).get("Idempotency-Key")).toBe(notificationId);
});

test("who has no address reads it in the inbox, and so does everybody without a service", async () => {
  const t = backend();
  const { fetch } = service();
  await notified(t, (await member(t, "bob")).userId);
  expect(await deliveryOfOne(t)).toEqual({ kind: "inboxOnly" });

  vi.stubEnv("NOTIFICATIONS_API_URL", undefined);
  const other = backend();
  await notified(other, (await reachable(other)).userId);
  expect(await deliveryOfOne(other)).toEqual({ kind: "inboxOnly" });
  expect(fetch).not.toHaveBeenCalled();
});

const status = (code: number) => () => Response.json({}, { status: code });

describe("the message is sent in the end, and once, when the service", () => {
  test.each([
    ["is down", () => Promise.reject(new TypeError("fetch failed"))],
    ["is too slow", () => Promise.reject(new DOMException("", "TimeoutError"))],
    ["fails", status(503)],
    ["has too much to do", status(429)],
    ["does not speak JSON", () => new Response("<html>")],
    ["answers nothing", () => Response.json(null)],
    ["gives no id", () => Response.json({ id: 7 })],
  ])("%s", async (_, answer) => {
    const t = backend();
    const { messages } = service(answer, answer);
    await notified(t, (await reachable(t)).userId);
    expect(await deliveryOfOne(t)).toMatchObject({ kind: "sent" });
    expect(messages.sent).toHaveLength(1);
  });
});

test("a message that is refused is put before a person, who can have it sent again", async () => {
  const t = backend();
  const { fetch, messages } = service(status(422));
  const notificationId = await notified(t, (await reachable(t)).userId);
  expect(await deliveryOfOne(t)).toMatchObject({ kind: "undelivered" });
  expect(fetch).toHaveBeenCalledOnce();

  const boss = await admin(t);
  const undelivered = { kind: "undelivered" as const, ...firstPage() };
  const { page } = await boss.query(listByDelivery, undelivered);
  expect(page).toMatchObject([{ notificationId, key: "news/1" }]);

  await boss.mutation(resend, { notificationId });
  expect(await deliveryOfOne(t)).toMatchObject({ kind: "sent" });
  expect(messages.sent).toHaveLength(1);
  await expectRefusal(boss.mutation(resend, { notificationId }), "CONFLICT");
});

test("a notification that is gone cannot be sent again", async () => {
  const t = backend();
  service();
  const notificationId = await notified(t, (await member(t, "bob")).userId);
  await t.run((ctx) => ctx.db.delete("notifications", notificationId));
  const boss = await admin(t);
  await expectRefusal(boss.mutation(resend, { notificationId }), "NOT_FOUND");
});
