import { expect, test, vi } from "vitest";
import { loggedCalls, secret, serviceUrl } from "./env";

test("all calls are logged unless the deployment says otherwise", () => {
  expect(loggedCalls()).toBe("all");
  vi.stubEnv("LOGGED_CALLS", "errors");
  expect(loggedCalls()).toBe("errors");
});

test.each(["https://service.test/v1", "https://service.test/v1/"])(
  "paths are added to the base URL %s",
  (base) => {
    vi.stubEnv("CONVEX_SITE_URL", base);
    const url = new URL("things", serviceUrl("CONVEX_SITE_URL") ?? "");
    expect(url.href).toBe("https://service.test/v1/things");
  },
);

test("a service that is not set up has no URL", () => {
  vi.stubEnv("CONVEX_SITE_URL", undefined);
  expect(serviceUrl("CONVEX_SITE_URL")).toBeNull();
});

test("a secret is there, or it is not", () => {
  vi.stubEnv("CONVEX_SITE_URL", "s3cret");
  expect(secret("CONVEX_SITE_URL")).toBe("s3cret");
  vi.stubEnv("CONVEX_SITE_URL", undefined);
  expect(secret("CONVEX_SITE_URL")).toBeNull();
});
