import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { backend, expectRefusal, type Backend } from "../test.setup";

const ISSUER = "https://verb-noun-00.clerk.accounts.dev";
const KEY = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2030, 0, 1);
const { me, store } = api.users.public;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  vi.stubEnv("USERS_WEBHOOK_SECRET", `whsec_${btoa(KEY)}`);
  vi.stubEnv("USERS_WEBHOOK_ISSUER", ISSUER);
});
afterEach(() => {
  vi.useRealTimers();
});

/** What Clerk sends, by way of Svix. */
async function deliver(t: Backend, id: string, event: unknown, key = KEY): Promise<Response> {
  const body = JSON.stringify(event);
  const time = String(Math.floor(Date.now() / 1000));
  const headers = {
    "svix-id": id,
    "svix-timestamp": time,
    "svix-signature": `v1,${await hmac(key, `${id}.${time}.${body}`)}`,
  };
  return await t.fetch("/webhooks/users", { method: "POST", body, headers });
}

async function hmac(key: string, text: string): Promise<string> {
  const [keyBytes, textBytes] = [key, text].map((part) => new TextEncoder().encode(part));
  const scheme = { name: "HMAC", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("raw", keyBytes!, scheme, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", signer, textBytes!));
  return btoa(String.fromCharCode(...signature));
}

function changed(updatedAt: number, firstName: string, type = "user.updated") {
  return {
    object: "event",
    type,
    data: {
      id: "user_2abc",
      object: "user",
      first_name: firstName,
      last_name: "Bell",
      email_addresses: [
        { id: "idn_1", email_address: "old@example.com" },
        { id: "idn_2", email_address: "ann@example.com" },
      ],
      primary_email_address_id: "idn_2",
      updated_at: updatedAt,
    },
  };
}

const DELETED = { type: "user.deleted", data: { id: "user_2abc", object: "user", deleted: true } };

const ann = (t: Backend) => t.withIdentity({ issuer: ISSUER, subject: "user_2abc" });
const rows = (t: Backend) => t.run((ctx) => ctx.db.query("users").take(10));

test("somebody has a row before they first sign in, and finds it when they do", async () => {
  const t = backend();
  const response = await deliver(t, "msg_1", changed(1, "Ann", "user.created"));
  expect([response.status, await response.json()]).toEqual([200, { applied: true }]);
  const userId = await ann(t).mutation(store, {});
  expect(await ann(t).query(me, {})).toEqual({
    userId,
    role: "member",
    name: "Ann Bell",
    email: "ann@example.com",
  });
});

test("a token does not overwrite what the provider said itself", async () => {
  const t = backend();
  await deliver(t, "msg_1", changed(1, "Ann"));
  await t.withIdentity({ issuer: ISSUER, subject: "user_2abc", name: "Old" }).mutation(store, {});
  expect(await rows(t)).toMatchObject([{ name: "Ann Bell" }]);
});

test("events come twice and in any order: the newest state stays", async () => {
  const t = backend();
  await deliver(t, "msg_2", changed(2, "Anna"));
  await deliver(t, "msg_1", changed(1, "Ann"));
  await deliver(t, "msg_2", changed(2, "Anna"));
  expect(await rows(t)).toMatchObject([{ name: "Anna Bell", syncedAt: 2 }]);
});

test("an event is applied once, whatever a second delivery of it says", async () => {
  const t = backend();
  await deliver(t, "msg_1", changed(1, "Ann"));
  await deliver(t, "msg_1", changed(2, "Eve"));
  expect(await rows(t)).toMatchObject([{ name: "Ann Bell" }]);
});

test("who has left is nobody any more, though their token is still good", async () => {
  const t = backend();
  await deliver(t, "msg_1", changed(1, "Ann"));
  const [user] = await rows(t);
  await t.run((ctx) => ctx.db.patch("users", user!._id, { role: "admin" }));
  await deliver(t, "msg_2", DELETED);
  expect(await rows(t)).toEqual([
    {
      _id: user!._id,
      _creationTime: user!._creationTime,
      tokenIdentifier: `${ISSUER}|user_2abc`,
      role: "member",
      syncedAt: 1,
      deletedAt: NOW,
    },
  ]);
  await expectRefusal(ann(t).query(me, {}), "FORBIDDEN");
  await expectRefusal(ann(t).mutation(store, {}), "FORBIDDEN");
});

test("a late change does not bring back who has left", async () => {
  const t = backend();
  await deliver(t, "msg_2", DELETED);
  await deliver(t, "msg_1", changed(1, "Ann"));
  expect(await rows(t)).toMatchObject([{ deletedAt: NOW }]);
  expect((await rows(t))[0]).not.toHaveProperty("name");
});

test("the same subject of another issuer is another person", async () => {
  const t = backend();
  const other = t.withIdentity({ issuer: "https://other.test", subject: "user_2abc", name: "Bob" });
  await other.mutation(store, {});
  await deliver(t, "msg_1", DELETED);
  expect(await other.query(me, {})).toMatchObject({ name: "Bob" });
});

test.each([
  { type: "session.created", data: { id: "sess_1" } },
  { type: "user.created", data: { id: "user_2abc" } },
  { type: "user.updated", data: { id: 7, updated_at: 1 } },
  { type: "user.deleted" },
  { type: "user.deleted", data: null },
  [],
])("%j is accepted, and changes nothing", async (event) => {
  const t = backend();
  const response = await deliver(t, "msg_1", event);
  expect([response.status, await response.json()]).toEqual([200, { applied: false }]);
  expect(await rows(t)).toEqual([]);
});

test("what is signed with another key is refused", async () => {
  const t = backend();
  const response = await deliver(t, "msg_1", changed(1, "Eve"), "another key");
  expect(response.status).toBe(401);
  expect(await rows(t)).toEqual([]);
});

test("without a secret everything is refused", async () => {
  vi.stubEnv("USERS_WEBHOOK_SECRET", undefined);
  expect((await deliver(backend(), "msg_1", changed(1, "Ann"))).status).toBe(401);
});

test("a secret without an issuer is a mistake that the log names", async () => {
  vi.stubEnv("USERS_WEBHOOK_ISSUER", undefined);
  await expect(deliver(backend(), "msg_1", DELETED)).rejects.toThrow("USERS_WEBHOOK_ISSUER");
});
