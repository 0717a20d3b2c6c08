import { expect, test, vi } from "vitest";
import { admin, backend } from "../test.setup";

test("GET /me tells whose token it is", async () => {
  const boss = await admin(backend());
  const response = await boss.fetch("/me");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ userId: boss.userId, role: "admin" });
});

test("GET /me sends somebody without a row to users/public:store", async () => {
  const response = await backend().withIdentity({ subject: "new here" }).fetch("/me");
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({
    error: { code: "UNREGISTERED" },
  });
});

test("GET /users/counts answers a service that may read users", async () => {
  // SHA-256 of report-token.
  const sha256 = "3afe7a1d932838be03fe220874dbd162fb12b2a94a349d49506b1cb9e5e355c3";
  const services = { report: { sha256, permissions: ["users:read"] } };
  vi.stubEnv("SERVICE_TOKENS", JSON.stringify(services));
  const t = backend();
  await admin(t);
  const headers = { Authorization: "Bearer report-token" };
  const response = await t.fetch("/users/counts", { headers });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ member: 0, support: 0, admin: 1 });
});
