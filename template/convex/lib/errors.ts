/**
 * The errors this backend throws on purpose.
 *
 * Imports `convex/values` and nothing else, so that clients can import this file too.
 *
 * Only a `ConvexError` reaches a production client with its content; of any other error the client
 * sees "Server Error". So what the caller can act on is thrown as an `appError`, and whatever else
 * is thrown is a bug.
 */
import { ConvexError } from "convex/values";

/** Every code, with its HTTP status. Clients switch on codes: add to them, never rename one. */
export const HTTP_STATUS = {
  /** No valid token came with the call: sign in. */
  UNAUTHENTICATED: 401,
  /** Signed in, but too long ago for this: sign in again, then repeat the call. */
  REAUTHENTICATION_REQUIRED: 401,
  /** Signed in, but without a row in `users` yet: call `users/public:store`, then try again. */
  UNREGISTERED: 403,
  /** Known, but not allowed to do this. */
  FORBIDDEN: 403,
  /** There is no such thing, or it belongs to somebody else. The caller cannot tell which. */
  NOT_FOUND: 404,
  /** An argument has the right type and a value that makes no sense. */
  INVALID_ARGUMENT: 400,
  /** The thing is no longer, or not yet, in a state that allows this. */
  CONFLICT: 409,
  /** Too many calls: wait for `retryAfter` milliseconds, then try again. */
  RATE_LIMITED: 429,
  /** The same request is being worked on. Ask again in a moment, with the same key. */
  IN_PROGRESS: 409,
  /** The idempotency key belongs to another request. Choose a new key for each. */
  KEY_REUSED: 422,
  /** A service we depend on understood, and refused. Asking again will not change its mind. */
  UPSTREAM_REFUSED: 422,
  /** A service we depend on failed, was too slow, or answered nonsense. Trying later may help. */
  UPSTREAM_FAILED: 502,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof HTTP_STATUS;

/** What travels in `ConvexError.data`. The message is for developers; show users your own words. */
export type AppErrorData = {
  code: ErrorCode;
  message: string;
  /** Milliseconds until the call can succeed; only with RATE_LIMITED. */
  retryAfter?: number;
};

export function appError(code: ErrorCode, message: string, details: { retryAfter?: number } = {}) {
  return new ConvexError({ code, message, ...details } satisfies AppErrorData);
}

/** True for an error made by `appError`, on the server and in a client alike. */
export function isAppError(error: unknown): error is ConvexError<AppErrorData> {
  if (typeof error !== "object" || error === null) return false;
  // `instanceof` fails when two bundles each carry a copy of the class; the symbol is shared.
  if (!(Symbol.for("ConvexError") in error) || !("data" in error)) return false;
  const { data } = error;
  return (
    typeof data === "object" &&
    data !== null &&
    "code" in data &&
    typeof data.code === "string" &&
    Object.hasOwn(HTTP_STATUS, data.code)
  );
}
