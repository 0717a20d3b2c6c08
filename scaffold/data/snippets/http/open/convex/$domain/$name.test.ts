import { expect, test } from "vitest";
import { backend } from "../test.setup";

test("the route answers anybody, and nothing may keep the answer", async () => {
  const response = await backend().fetch(
    "$route",
  );
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "ok" });
});
