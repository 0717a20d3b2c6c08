import { ConvexError } from "convex/values";
import { expect, test, vi } from "vitest";
import { captureLog } from "../test.setup";
import { appError } from "./errors";
import { CALL_SCHEMA, MAX_LINE_BYTES, recordAttempt, recordCall, RETRY_SCHEMA } from "./telemetry";

const CALL = {
  function: "users/public:store",
  class: "mutation",
  requestId: "r1",
} as const;

/** Ticks 1.5 ms with every look at it. */
function ticking() {
  let now = 0;
  return () => (now += 1.5);
}

const failing = (error: unknown) => vi.fn().mockRejectedValue(error);

test("a call that ends well is one line", async () => {
  const { log } = captureLog();
  expect(await recordCall(CALL, ticking(), () => "result")).toBe("result");
  expect(log).toEqual([
    {
      schema: CALL_SCHEMA,
      function: "users/public:store",
      class: "mutation",
      outcome: "ok",
      errorType: null,
      errorCode: null,
      errorKind: null,
      requestId: "r1",
      durationMs: 1.5,
    },
  ]);
});

test("without a clock there is no duration", async () => {
  const { log } = captureLog();
  await recordCall(CALL, null, () => null);
  expect(log).toMatchObject([{ durationMs: null }]);
});

test("a refusal is a warning without its message, and goes on to the caller", async () => {
  const { warn, error } = captureLog();
  const refusal = appError("NOT_FOUND", "Ann's order");
  const call = recordCall(CALL, ticking(), failing(refusal));
  await expect(call).rejects.toBe(refusal);
  expect(error).toEqual([]);
  expect(warn).toMatchObject([
    {
      outcome: "error",
      errorType: "ConvexError",
      errorCode: "NOT_FOUND",
      errorKind: "refusal",
      durationMs: 1.5,
    },
  ]);
  expect(JSON.stringify(warn)).not.toContain("Ann");
});

const upstream = appError("UPSTREAM_FAILED", "");

test.each([
  ["a bug", new TypeError("oops"), "TypeError", null, "bug"],
  ["an upstream's failure", upstream, "ConvexError", "UPSTREAM_FAILED", "upstream"],
  ["another ConvexError", new ConvexError({ code: "X" }), "ConvexError", null, "bug"],
  ["something thrown", "a string", "string", null, "bug"],
])("%s is an error", async (_, thrown, errorType, errorCode, errorKind) => {
  const { warn, error } = captureLog();
  const call = recordCall(CALL, null, failing(thrown));
  await expect(call).rejects.toBe(thrown);
  expect(warn).toEqual([]);
  expect(error).toMatchObject([{ outcome: "error", errorType, errorCode, errorKind }]);
});

test("LOGGED_CALLS=errors leaves out what went well, and only that", async () => {
  vi.stubEnv("LOGGED_CALLS", "errors");
  const { log, error } = captureLog();
  await recordCall(CALL, null, () => null);
  await expect(recordCall(CALL, null, failing(null))).rejects.toBeNull();
  expect(log).toEqual([]);
  expect(error).toHaveLength(1);
});

test("a line stays below the length that Convex would cut", async () => {
  const { error } = captureLog();
  const bug = Object.assign(new Error(), { name: "\u0000".repeat(10_000) });
  const call = { ...CALL, function: "f".repeat(10_000) };
  await expect(recordCall(call, null, failing(bug))).rejects.toBe(bug);
  const line = JSON.stringify(error[0]);
  expect(new TextEncoder().encode(line).length).toBeLessThan(MAX_LINE_BYTES);
});

const ATTEMPT = { function: "orders/internal:charge", job: "j1", attempt: 2 } as const;

test("an attempt is one line, and the one that was given up is an error", () => {
  const { log, error } = captureLog();
  recordAttempt({ ...ATTEMPT, outcome: "retrying" });
  recordAttempt({ ...ATTEMPT, attempt: 3, outcome: "gaveUp" });
  expect(log).toEqual([{ schema: RETRY_SCHEMA, ...ATTEMPT, outcome: "retrying" }]);
  expect(error).toEqual([{ schema: RETRY_SCHEMA, ...ATTEMPT, attempt: 3, outcome: "gaveUp" }]);
});

test("LOGGED_CALLS=errors keeps every attempt but the first that succeeds", () => {
  vi.stubEnv("LOGGED_CALLS", "errors");
  const { log } = captureLog();
  recordAttempt({ ...ATTEMPT, attempt: 1, outcome: "ok" });
  recordAttempt({ ...ATTEMPT, attempt: 1, outcome: "retrying" });
  recordAttempt({ ...ATTEMPT, attempt: 2, outcome: "ok" });
  expect(log).toMatchObject([{ outcome: "retrying" }, { outcome: "ok" }]);
});

test("the line of an attempt is never cut either, and holds nothing that was not asked for", () => {
  const { log } = captureLog();
  const long = "\u0000".repeat(10_000);
  const more = { email: "ann@example.com" };
  recordAttempt({ ...ATTEMPT, ...more, function: long, job: long, outcome: "ok" });
  const line = JSON.stringify(log[0]);
  expect(new TextEncoder().encode(line).length).toBeLessThan(MAX_LINE_BYTES);
  expect(line).not.toContain("ann@");
});
