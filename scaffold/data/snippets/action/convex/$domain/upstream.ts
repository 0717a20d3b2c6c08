/**
 * The service behind this domain. The only file that talks to it; for actions only.
 *
 * Nothing that comes back is trusted: it is parsed as unknown, checked, and reduced to what was asked.
 */
import { serviceUrl } from "../lib/env";
import { appError } from "../lib/errors";

/** In milliseconds: a person is waiting. */
const $NAME_TIMEOUT_MS = 5000;

/** In characters, of question and answer. A longer one is a mistake. */
const $NAME_LONGEST = 1000;

/** A read-only GET, so asking twice does no harm. What writes needs an idempotency key. */
export async function $name(question: string): Promise<string> {
  if (question.length < 1 || question.length > $NAME_LONGEST) {
    throw appError("INVALID_ARGUMENT", "The question is empty or too long.");
  }
  const base = serviceUrl("$ENV");
  if (base === null) {
    throw appError("UPSTREAM_FAILED", "The address of the service is not set.");
  }
  const url = new URL("$path", base);
  url.searchParams.set("question", question);
  return parse$Name(await get$Name(url));
}

async function get$Name(url: URL): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout($NAME_TIMEOUT_MS) });
  } catch {
    throw appError("UPSTREAM_FAILED", "The service cannot be reached.");
  }
  if (!response.ok) {
    throw appError("UPSTREAM_FAILED", `The service answered ${response.status}.`);
  }
  try {
    return await response.json();
  } catch {
    throw appError("UPSTREAM_FAILED", "The service did not answer in JSON.");
  }
}

function parse$Name(body: unknown): string {
  const hasAnswer = typeof body === "object" && body !== null && "answer" in body;
  const answer: unknown = hasAnswer ? body.answer : null;
  if (typeof answer !== "string" || answer.length > $NAME_LONGEST) {
    throw appError("UPSTREAM_FAILED", "The service's answer makes no sense.");
  }
  return answer;
}
