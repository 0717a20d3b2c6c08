// HTTP actions: the routes of the project's http.ts.
import { currentCall, currentFunction, inCall } from "./context.mjs";
import { describeError, isConvexError } from "./errors.mjs";
import { CallLog } from "./logs.mjs";

/** Answer a request. Returns status, headers (pairs), body (bytes), log lines, and whether there is a route. */
export async function handleRequest(runtime, t, { method, path, headers, body, meta }) {
  const log = new CallLog();
  return await inCall({ meta, log }, async (call) => {
    call.url = new URL(runtime.url + path).href;
    const { router } = runtime;
    const isRouted = Boolean(router?.lookup(new URL(call.url).pathname, method));
    const response = isRouted
      ? await respond(runtime, t, { method, path, headers, body, meta })
      : text(
          404,
          router ? "No matching routes found" : "This Convex deployment does not have HTTP actions enabled.",
        );
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status } = response;
    return { status, isRouted, headers: [...response.headers], body: bytes, logLines: log.lines };
  });
}

async function respond(runtime, t, { method, path, headers, body, meta }) {
  const url = new URL(runtime.url + path);
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
