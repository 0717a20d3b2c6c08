import { ConvexError } from "convex/values";
import { expect, test, vi } from "vitest";
import { captureLog } from "../test.setup";
import { appError } from "./errors";
import { CALL_SCHEMA, MAX_LINE_BYTES, recordCall } from "./telemetry";

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
      durationMs: 1.5,
    },
  ]);
  expect(JSON.stringify(warn)).not.toContain("Ann");
});

const upstream = appError("UPSTREAM_FAILED", "");

test.each([
  ["a bug", new TypeError("oops"), "TypeError", null],
  ["an upstream's failure", upstream, "ConvexError", "UPSTREAM_FAILED"],
  ["another ConvexError", new ConvexError({ code: "X" }), "ConvexError", null],
  ["something thrown", "a string", "string", null],
])("%s is an error", async (_, thrown, errorType, errorCode) => {
  const { warn, error } = captureLog();
  const call = recordCall(CALL, null, failing(thrown));
  await expect(call).rejects.toBe(thrown);
  expect(warn).toEqual([]);
  expect(error).toMatchObject([{ outcome: "error", errorType, errorCode }]);
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
