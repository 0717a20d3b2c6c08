/**
 * Telemetry: one line of JSON for each call, and one for each attempt of work that is retried. The
 * only module that may use `console`. `convex-scaffold report` reads both kinds of line.
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
 * | `errorKind`  | whose doing it is, one of the three kinds below; null if ok |
 * | `requestId`  | as in error messages and log streams; null in queries, which cannot know it |
 * | `durationMs` | milliseconds, to the microsecond; null in queries, whose clocks stand still |
 *
 * The schema of the line of an attempt, `retry/1`. It is written where the attempt is judged, which
 * is the only place that can count: an action does not know how often it has been tried.
 *
 * | field        | value |
 * | ------------ | ----- |
 * | `schema`     | `"retry/1"` |
 * | `function`   | what was tried: `"orders/internal:charge"` |
 * | `job`        | an id that all attempts of the same work share |
 * | `attempt`    | which attempt this was, counted from 1 |
 * | `outcome`    | `"ok"`, `"retrying"` (another follows), `"gaveUp"` or `"canceled"` |
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
export const RETRY_SCHEMA = "retry/1";

/** Convex truncates longer lines. In bytes of UTF-8. */
export const MAX_LINE_BYTES = 4096;

/** In characters, for names, types and ids: none is that long, unless something is wrong. */
const MAX_NAME_LENGTH = 256;

export type FunctionClass =
  | "query"
  | "mutation"
  | "action"
  | "internalQuery"
  | "internalMutation"
  | "internalAction"
  | "httpAction";

/** The caller's doing; that of a service we depend on; or ours. */
export type ErrorKind = "refusal" | "upstream" | "bug";

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
  errorKind: ErrorKind | null;
  durationMs: number | null;
}

export interface Attempt {
  function: string;
  job: string;
  attempt: number;
  outcome: "ok" | "retrying" | "gaveUp" | "canceled";
}

export interface AttemptRecord extends Attempt {
  schema: typeof RETRY_SCHEMA;
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
    // A refusal is the caller's doing: nobody should be woken up for it.
    const log = kindOf(error) === "refusal" ? console.warn : console.error;
    log(line(call, elapsed(), "error", error));
    throw error;
  }
  if (loggedCalls() === "all") console.log(line(call, elapsed(), "ok", null));
  return result;
}

/** Writes the record of one attempt. What is retried is worth a line, also with LOGGED_CALLS=errors. */
export function recordAttempt({ function: name, job, attempt, outcome }: Attempt): void {
  const record: AttemptRecord = {
    schema: RETRY_SCHEMA,
    function: name.slice(0, MAX_NAME_LENGTH),
    job: job.slice(0, MAX_NAME_LENGTH),
    attempt,
    outcome,
  };
  if (outcome === "ok" && attempt === 1 && loggedCalls() === "errors") return;
  const log = outcome === "gaveUp" ? console.error : console.log;
  log(JSON.stringify(record));
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
    errorKind: outcome === "ok" ? null : kindOf(error),
    requestId: call.requestId,
    durationMs,
  };
  return JSON.stringify(record);
}

function kindOf(error: unknown): ErrorKind {
  if (!isAppError(error)) return "bug";
  return HTTP_STATUS[error.data.code] < 500 ? "refusal" : "upstream";
}

function typeOf(error: unknown): string {
  return (error instanceof Error ? error.name : typeof error).slice(0, MAX_NAME_LENGTH);
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
