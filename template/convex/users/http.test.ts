import { expect, test } from "vitest";
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
