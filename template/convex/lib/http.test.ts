import { expect, test } from "vitest";
import { expectRefusal } from "../test.setup";
import { appError } from "./errors";
import { errorResponse, jsonResponse, MAX_BODY_LENGTH, readJson } from "./http";

function post(body: BodyInit | null): Request {
  return new Request("https://site.test/hook", { method: "POST", body });
}

test("a body is read as JSON, whatever it holds", async () => {
  expect(await readJson(post('{"name": "Zoë"}'))).toEqual({ name: "Zoë" });
  expect(await readJson(post("null"))).toBeNull();
});

test("a body may be as long as the limit, and not a byte longer", async () => {
  const longest = JSON.stringify("x".repeat(MAX_BODY_LENGTH - 2));

  expect(await readJson(post(longest))).toHaveLength(MAX_BODY_LENGTH - 2);
  await expectRefusal(readJson(post(`${longest} `)), "INVALID_ARGUMENT");
});

test.each(["", "{", "<xml/>"])("the body %j is refused", async (body) => {
  await expectRefusal(readJson(post(body)), "INVALID_ARGUMENT");
});

test("a request without a body is refused", async () => {
  await expectRefusal(readJson(post(null)), "INVALID_ARGUMENT");
});

test("answers are for one caller's eyes", async () => {
  const response = jsonResponse({ a: 1 });

  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual({ a: 1 });
});

test("an error has the status of its code", async () => {
  const response = errorResponse(appError("UNAUTHENTICATED", "Sign in first."));

  expect(response.status).toBe(401);
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(await response.json()).toEqual({
    error: { code: "UNAUTHENTICATED", message: "Sign in first." },
  });
});

test("a refusal for now says when to try again, in whole seconds", () => {
  const limited = errorResponse(appError("RATE_LIMITED", "Too many calls.", { retryAfter: 1001 }));

  expect(limited.status).toBe(429);
  expect(limited.headers.get("Retry-After")).toBe("2");
  expect(errorResponse(appError("CONFLICT", "")).headers.has("Retry-After")).toBe(false);
});
