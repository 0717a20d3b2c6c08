// HTTP actions: the routes of the project's http.ts.
import { currentCall, currentFunction, inCall } from "./context.mjs";
import { describeError, isConvexError } from "./errors.mjs";
import { CallLog } from "./logs.mjs";

/** Answer a request. Returns status, headers (pairs), body (bytes) and log lines. */
export async function handleRequest(runtime, t, { method, path, headers, body, meta }) {
  const log = new CallLog();
  return await inCall({ meta, log }, async (call) => {
    call.url = new URL(runtime.url + path).href;
    const response = await respond(runtime, t, { method, path, headers, body, meta });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: [...response.headers], body: bytes, logLines: log.lines };
  });
}

async function respond(runtime, t, { method, path, headers, body, meta }) {
  const { router } = runtime;
  if (!router) return text(404, "This Convex deployment does not have HTTP actions enabled.");
  const url = new URL(runtime.url + path);
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

/** A router whose handlers see the URL that was asked for, not the one that convex-test makes up. */
export function routerWithUrls(router) {
  if (typeof router?.lookup !== "function") return router;
  const lookup = (path, method) => {
    const found = router.lookup(path, method);
    if (!found) return found;
    const [action, ...rest] = found;
    const handle = action._handler ?? action;
    const url = () => currentCall.getStore().url;
    return [{ _handler: (ctx, request) => handle(ctx, new Request(url(), request)) }, ...rest];
  };
  return { lookup };
}

function failure(runtime, error, meta) {
  const message = error instanceof Error ? error.message : String(error);
  const body = {
    code: `[Request ID: ${meta.requestId}] Server Error: ${message}`,
    trace: describeError(error, runtime.functionsFolder),
  };
  if (isConvexError(error)) body.data = JSON.parse(error.data); // convex has encoded it already
  return new Response(JSON.stringify(body), { status: 500, headers: { "content-type": "application/json" } });
}

function text(status, message) {
  return new Response(message, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
