/**
 * Telemetry: one line of JSON for each call. The only module that may use `console`.
 *
 * The schema of the line, `function-call/1`. Fields may be added to version 1; to remove one or to
 * change what one means, raise the version.
 *
 * | field        | value |
 * | ------------ | ----- |
 * | `schema`     | `"function-call/1"`, the way to tell these lines from others |
 * | `function`   | `"users/public:store"`, or `"GET /me"` for an HTTP route |
 * | `class`      | one of the seven classes below |
 * | `outcome`    | `"ok"` or `"error"` |
 * | `errorType`  | the class of the error: `"ConvexError"`, `"TypeError"`; null if ok |
 * | `errorCode`  | its code, if it came from `appError`; else null |
 * | `requestId`  | as in error messages and log streams; null in queries, which cannot know it |
 * | `durationMs` | milliseconds, to the microsecond; null in queries, whose clocks stand still |
 *
 * Never add arguments, results, messages or names of people: logs travel further than data.
 *
 * What the code cannot see is in the deployment's own `function_execution` events: queries that
 * were answered from the cache, the latency of queries, mutations that were run again after a
 * conflict, and results that did not fit their validator, which count as `"ok"` here.
 */
import { loggedCalls } from "./env";
import { HTTP_STATUS, isAppError, type ErrorCode } from "./errors";

export const CALL_SCHEMA = "function-call/1";

/** Convex truncates longer lines. In bytes of UTF-8. */
export const MAX_LINE_BYTES = 4096;

/** In characters, for `function` and `errorType`: none is that long, unless something is wrong. */
const MAX_NAME_LENGTH = 256;

export type FunctionClass =
  | "query"
  | "mutation"
  | "action"
  | "internalQuery"
  | "internalMutation"
  | "internalAction"
  | "httpAction";

export interface Call {
  function: string;
  class: FunctionClass;
  requestId: string | null;
}

export interface CallRecord extends Call {
  schema: typeof CALL_SCHEMA;
  outcome: "ok" | "error";
  errorType: string | null;
  errorCode: ErrorCode | null;
  durationMs: number | null;
}

/** Milliseconds from any fixed start. */
export type Clock = () => number;

/** Runs `work` and writes its record. Without a clock, which queries do not have, no duration. */
export async function recordCall<Result>(
  call: Call,
  clock: Clock | null,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const start = clock?.() ?? 0;
  const elapsed = () => (clock === null ? null : microseconds(clock() - start));
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    const log = isRefusal(error) ? console.warn : console.error;
    log(line(call, elapsed(), "error", error));
    throw error;
  }
  if (loggedCalls() === "all") console.log(line(call, elapsed(), "ok", null));
  return result;
}

function line(
  call: Call,
  durationMs: number | null,
  outcome: CallRecord["outcome"],
  error: unknown,
): string {
  const record: CallRecord = {
    schema: CALL_SCHEMA,
    function: call.function.slice(0, MAX_NAME_LENGTH),
    class: call.class,
    outcome,
    errorType: outcome === "ok" ? null : typeOf(error),
    errorCode: isAppError(error) ? error.data.code : null,
    requestId: call.requestId,
    durationMs,
  };
  return JSON.stringify(record);
}

/** The caller's doing, not ours: nobody should be woken up for it. */
function isRefusal(error: unknown): boolean {
  return isAppError(error) && HTTP_STATUS[error.data.code] < 500;
}

function typeOf(error: unknown): string {
  return (error instanceof Error ? error.name : typeof error).slice(0, MAX_NAME_LENGTH);
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
