// HTTP actions: the routes of the project's http.ts.
import { currentFunction, inCall } from "./context.mjs";
import { describeError, isConvexError } from "./errors.mjs";
import { CallLog } from "./logs.mjs";

/** Answer a request. Returns status, headers (pairs), body (bytes) and log lines. */
export async function handleRequest(runtime, t, { method, path, headers, body, meta }) {
  const log = new CallLog();
  return await inCall({ meta, log }, async () => {
    const response = await respond(runtime, t, { method, path, headers, body, meta });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: [...response.headers], body: bytes, logLines: log.lines };
  });
}

async function respond(runtime, t, { method, path, headers, body, meta }) {
  const { router } = runtime;
  if (!router) return text(404, "This Convex deployment does not have HTTP actions enabled.");
  const url = new URL(path, runtime.url);
  if (!router.lookup(url.pathname, method)) return text(404, "No matching routes found");
  const init = { method, headers: new Headers(headers) };
  if (body.byteLength > 0 && method !== "GET" && method !== "HEAD") init.body = body;
  try {
    return await currentFunction.run({ component: "", path: "http", type: "action" }, () =>
      t.fetch(url.pathname + url.search, init),
    );
  } catch (error) {
    return failure(runtime, error, meta);
  }
}

function failure(runtime, error, meta) {
  const message = error instanceof Error ? error.message : String(error);
  const body = {
    code: `[Request ID: ${meta.requestId}] Server Error: ${message}`,
    trace: describeError(error, runtime.functionsFolder),
  };
  if (isConvexError(error)) body.data = JSON.parse(runtime.print(error.data, "clean"));
  return new Response(JSON.stringify(body), { status: 500, headers: { "content-type": "application/json" } });
}

function text(status, message) {
  return new Response(message, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
