/**
 * Bodies and answers of HTTP routes. Pure: knows requests and responses only.
 */
import type { ConvexError } from "convex/values";
import { appError, HTTP_STATUS, type AppErrorData } from "./errors";

/** Characters of a body, at most: ample for a form or an event. Convex itself stops at 20 MiB. */
export const MAX_BODY_LENGTH = 64 * 1024;

/** The JSON that came with a request: anybody can send anything, so check it before you use it. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > MAX_BODY_LENGTH) throw appError("INVALID_ARGUMENT", "The body is too long.");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw appError("INVALID_ARGUMENT", "The body is no JSON.");
  }
}

/** JSON that no cache may keep: most answers are for one caller's eyes. */
export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return Response.json(body, {
    status,
    headers: { "Cache-Control": "no-store", ...headers },
  });
}

/** `{ "error": { "code", "message" } }` with the status that belongs to the code. */
export function errorResponse({ data }: ConvexError<AppErrorData>): Response {
  return jsonResponse(
    { error: { code: data.code, message: data.message } },
    HTTP_STATUS[data.code],
    errorHeaders(data),
  );
}

/** What HTTP tells a client to do about it. */
function errorHeaders({ code, retryAfter }: AppErrorData): Record<string, string> {
  const headers: Record<string, string> = {};
  // HTTP demands it of every 401, and it tells the client which kind of token to send.
  if (HTTP_STATUS[code] === 401) headers["WWW-Authenticate"] = "Bearer";
  // In whole seconds, and never too early.
  if (retryAfter !== undefined) headers["Retry-After"] = String(Math.ceil(retryAfter / 1000));
  return headers;
}
