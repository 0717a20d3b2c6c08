/**
 * Which errors are worth another attempt, and what is kept of them. Pure.
 */
import { HTTP_STATUS, isAppError } from "../lib/errors";

/** In characters. Enough to recognise an error; stacks and bodies are for logs. */
const MAX_ERROR_LENGTH = 500;

/** About the request as well, and over by themselves. */
const PASSING: ReadonlySet<string> = new Set(["RATE_LIMITED", "IN_PROGRESS"]);

/**
 * True if trying again can only give the same: an `appError` that is about the request. Anything
 * else may be the weather: services that are down, and bugs that the next deployment repairs.
 */
export function isFinal(error: unknown): boolean {
  if (!isAppError(error)) return false;
  return HTTP_STATUS[error.data.code] < 500 && !PASSING.has(error.data.code);
}

export function describe(error: unknown): string {
  if (isAppError(error)) return shortened(`${error.data.code}: ${error.data.message}`);
  return shortened(error instanceof Error ? error.message : String(error));
}

/** Cut between characters: half of an emoji is no text, and no database takes it. */
export function shortened(text: string): string {
  if (text.length <= MAX_ERROR_LENGTH) return text;
  return Array.from(text.slice(0, 2 * MAX_ERROR_LENGTH))
    .slice(0, MAX_ERROR_LENGTH)
    .join("");
}
