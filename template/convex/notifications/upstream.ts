/**
 * The message service's API: e-mail, SMS or push, whatever stands behind it. The only file of this
 * domain that talks to the outside; for actions only. To use another service, change this file.
 */
import type { Infer } from "convex/values";
import { secret, serviceUrl } from "../lib/env";
import { appError } from "../lib/errors";
import type { message } from "./model";

/** In milliseconds. Nobody is waiting for it; an attempt that hangs delays the next one. */
const TIMEOUT_MS = 10_000;

/** Sends a message and returns the service's id of it. Of several calls with one key, one sends. */
export async function send(
  key: string,
  { to, title, body }: Infer<typeof message>,
): Promise<string> {
  const base = serviceUrl("NOTIFICATIONS_API_URL");
  if (base === null) throw failed("NOTIFICATIONS_API_URL is not set.");
  const response = await post(new URL("messages", base), key, { to, subject: title, text: body });
  if (!response.ok) throw unsent(response.status);
  return idOf(await json(response));
}

/** Some answers pass: too early, too often, too busy. What is wrong with the message does not. */
function unsent(status: number) {
  const message = `The message service answered ${status}.`;
  const passes = status >= 500 || [408, 409, 425, 429].includes(status);
  return passes ? failed(message) : appError("UPSTREAM_REFUSED", message);
}

async function post(url: URL, key: string, content: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${secret("NOTIFICATIONS_API_KEY") ?? ""}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
      },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw failed("The message service cannot be reached.");
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw failed("The message service did not answer in JSON.");
  }
}

function idOf(answer: unknown): string {
  const id = typeof answer === "object" && answer !== null && "id" in answer ? answer.id : null;
  if (typeof id !== "string") throw failed("The message service gave no id.");
  return id;
}

function failed(message: string) {
  return appError("UPSTREAM_FAILED", message);
}
