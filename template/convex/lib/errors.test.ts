import { ConvexError } from "convex/values";
import { expect, expectTypeOf, test } from "vitest";
import { appError, HTTP_STATUS, isAppError, type ErrorCode } from "./errors";

test("an appError is recognised, and its code is typed", () => {
  const error: unknown = appError("CONFLICT", "Too late.");
  if (!isAppError(error)) throw new Error("not recognised");
  expectTypeOf(error.data.code).toEqualTypeOf<ErrorCode>();
  expect(error.data).toEqual({ code: "CONFLICT", message: "Too late." });
});

test("one from another copy of convex is recognised, too", () => {
  const foreign = Object.assign(new Error(), {
    [Symbol.for("ConvexError")]: true,
    data: { code: "NOT_FOUND", message: "" },
  });
  expect(isAppError(foreign)).toBe(true);
});

test.each([
  null,
  "NOT_FOUND",
  new Error("NOT_FOUND"),
  { data: { code: "NOT_FOUND" } },
  new ConvexError("NOT_FOUND"),
  new ConvexError({ code: "toString" }),
  new ConvexError(null),
])("something else is not: %s", (value) => {
  expect(isAppError(value)).toBe(false);
});

test("every code is the HTTP status of a failure", () => {
  for (const status of Object.values(HTTP_STATUS)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
});
