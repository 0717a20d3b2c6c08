/**
 * What people are told when something fails. Codes come from the backend, words are from here.
 */
import { isAppError, type ErrorCode } from "../../convex/lib/errors";

const WORDS: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: "Sign in again.",
  FORBIDDEN: "You are not allowed to do this.",
  NOT_FOUND: "This is not there, or no longer.",
  RATE_LIMITED: "That was a lot at once. Wait a moment, and try again.",
  INVALID_ARGUMENT: "This cannot be sent: it is empty or too long.",
};

export function explain(error: unknown): string {
  const words = isAppError(error) ? WORDS[error.data.code] : undefined;
  return words ?? "Something went wrong. Try again in a while.";
}
