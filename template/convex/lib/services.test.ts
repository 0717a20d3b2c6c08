import { beforeEach, expect, test, vi } from "vitest";
import { expectRefusal } from "../test.setup";
import { requireService } from "./services";

// SHA-256 of billing-token, next-token and backup-token.
const BILLING = "a351b85dde0cfbe62345dd4f3e362b0e61535e7df62a2f0e1f1615240b0b54fd";
const NEXT = "394889a5b991a77dee30cc636d3f50a7697bcc1c9e7b9daea8acc2df488ee803";
const BACKUP = "37a7d685060f0b752c70558a1473efadbb58ea0f8c2c15ccc9106922988fd7b9";

function call(authorization?: string) {
  const request = new Request("https://site.test/users/counts");
  if (authorization !== undefined) request.headers.set("Authorization", authorization);
  return requireService(request, "users:read");
}

beforeEach(() => {
  vi.stubEnv(
    "SERVICE_TOKENS",
    JSON.stringify({
      billing: { sha256: BILLING, permissions: ["users:read"] },
      "billing-next": { sha256: NEXT, permissions: ["users:read"] },
      backup: { sha256: BACKUP, permissions: [] },
    }),
  );
});

test("a service is known by its token", async () => {
  expect(await call("Bearer billing-token")).toBe("billing");
  expect(await call("bearer next-token")).toBe("billing-next");
});

test("a service may do what its permissions say", async () => {
  await expectRefusal(call("Bearer backup-token"), "FORBIDDEN");
});

test.each([undefined, "", "Bearer", "Bearer ", "billing-token", "Basic billing-token"])(
  "%j is no token",
  async (authorization) => {
    await expectRefusal(call(authorization), "UNAUTHENTICATED");
  },
);

test.each(["billing-toke", "billing-token2", BILLING, "billing"])(
  "%s is nobody's token",
  async (token) => {
    await expectRefusal(call(`Bearer ${token}`), "UNAUTHENTICATED");
  },
);

test("without the variable there are no services", async () => {
  vi.stubEnv("SERVICE_TOKENS", undefined);
  await expectRefusal(call("Bearer billing-token"), "UNAUTHENTICATED");
});

test.each([
  "secret {",
  "[1]",
  "null",
  '{"billing": "secret"}',
  '{"billing": null}',
  '{"billing": {"sha256": "secret", "permissions": []}}',
  `{"billing": {"sha256": "${BILLING}"}}`,
  `{"billing": {"sha256": "${BILLING}", "permissions": ["users:everything"]}}`,
])("the variable %s lets nobody in, and is not repeated in the error", async (value) => {
  vi.stubEnv("SERVICE_TOKENS", value);
  const error: unknown = await call("Bearer billing-token").catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/^Error: SERVICE_TOKENS/);
  expect(String(error)).not.toContain("secret");
});
