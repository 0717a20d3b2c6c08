/**
 * Answers for HTTP routes. Pure: makes responses, reads nothing.
 */
import type { ConvexError } from "convex/values";
import { HTTP_STATUS, type AppErrorData } from "./errors";

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
  const status = HTTP_STATUS[data.code];
  return jsonResponse(
    { error: { code: data.code, message: data.message } },
    status,
    // HTTP demands it of every 401, and it tells the client which kind of token to send.
    status === 401 ? { "WWW-Authenticate": "Bearer" } : {},
  );
}
