// The documented HTTP API: /api/query, /api/mutation, /api/action, /api/function, /api/run, and files.
import { badRequest, RequestError, unauthenticated } from "./failures.mjs";
import { metaOf, readAuthorization, readBody, readFunctionCall, readJson } from "./requests.mjs";
import { encodeTimestamp, functionResponse, nextTimestamp } from "./wire.mjs";

const MAX_FILE = 2 ** 30; // bytes: files are kept in memory

const ENDPOINT = /^\/api\/(query|mutation|action|function|query_(batch|ts|at_ts)|(run|storage)\/.*)$/;

/** Whether the API answers at this path, and not the project's own routes. */
export function isApi(pathname) {
  return ENDPOINT.test(pathname);
}

export class Api {
  #backend;

  constructor(backend) {
    this.#backend = backend;
  }

  /** The answer to a request of one of the endpoints. */
  async handle(request, url) {
    const { pathname } = url;
    const { method } = request;
    const kind = {
      "/api/query": "query",
      "/api/mutation": "mutation",
      "/api/action": "action",
      "/api/function": "any",
    }[pathname];
    if (pathname === "/api/query" && method === "GET") return await this.#queryByUrl(request, url);
    if (kind) return await this.#post(request, (body) => this.#call(request, readFunctionCall(body, kind)));
    if (pathname.startsWith("/api/run/"))
      return await this.#post(request, (body) => this.#run(request, pathname, body));
    if (pathname === "/api/query_batch")
      return await this.#post(request, (body) => this.#batch(request, body));
    if (pathname === "/api/query_ts") return json({ ts: encodeTimestamp(nextTimestamp()) });
    if (pathname === "/api/query_at_ts") {
      return await this.#post(request, (body) => this.#call(request, readFunctionCall(body, "query")));
    }
    return await this.#files(request, url);
  }

  async #post(request, answer) {
    if (request.method !== "POST") return { status: 405, headers: { allow: "POST" }, body: "" };
    return json(await answer(await readJson(request)));
  }

  async #call(request, call) {
    return functionResponse(await this.#backend.call(call, await this.#caller(request)));
  }

  /** Who calls. A token that is no good refuses the request. */
  async #caller(request) {
    const { token, key } = readAuthorization(request.headers.authorization);
    if (key !== null && !this.#backend.isAdminKey(key)) {
      throw unauthenticated("BadDeployKey", "The provided deploy key was invalid for this deployment.");
    }
    const identity = this.#backend.authenticate(token);
    return { identity, isAdmin: key !== null, meta: metaOf(request, token) };
  }

  async #queryByUrl(request, url) {
    const path = url.searchParams.get("path");
    const args = url.searchParams.get("args");
    if (path === null || args === null) {
      const missing = path === null ? "path" : "args";
      throw badRequest("BadQueryArgs", `Failed to deserialize query string: missing field \`${missing}\``);
    }
    let parsed;
    try {
      parsed = JSON.parse(args);
    } catch (error) {
      throw badRequest("BadQueryArgs", `Failed to deserialize query string: args: ${error.message}`);
    }
    const format = url.searchParams.get("format") ?? undefined;
    return json(await this.#call(request, readFunctionCall({ path, args: parsed, format }, "query")));
  }

  async #run(request, pathname, body) {
    const parts = pathname.slice("/api/run/".length).split("/").map(decodeURIComponent);
    if (parts.length < 2 || parts.includes("")) {
      throw badRequest(
        "MissingIdentifier",
        "Path or function name not provided in path, e.g. /api/run/messages/list",
      );
    }
    const path = `${parts.slice(0, -1).join("/")}:${parts.at(-1)}`;
    return await this.#call(request, readFunctionCall({ ...body, path }, "any"));
  }

  async #batch(request, { queries }) {
    if (!Array.isArray(queries)) {
      throw badRequest(
        "BadJsonBody",
        "Failed to deserialize the JSON body into the target type: missing field `queries`",
      );
    }
    const calls = queries.map((query) => readFunctionCall(query ?? {}, "query"));
    return { results: await Promise.all(calls.map((call) => this.#call(request, call))) };
  }

  async #files(request, url) {
    if (url.pathname === "/api/storage/upload") {
      if (request.method !== "POST") return { status: 405, headers: { allow: "POST" }, body: "" };
      return await this.#upload(request, url.searchParams.get("token"));
    }
    const [id, component = ""] = url.pathname.slice("/api/storage/".length).split("/").reverse();
    const blob = await this.#backend.ask("download", { id, component: decodeURIComponent(component) });
    if (!blob) throw new RequestError(404, "FileNotFound", `File ${id} not found`);
    const headers = { "content-type": blob.type || "application/octet-stream" };
    return { status: 200, headers, body: Buffer.from(await blob.arrayBuffer()) };
  }

  async #upload(request, token) {
    const body = await readBody(request, MAX_FILE);
    const blob = new Blob([body], { type: request.headers["content-type"] ?? "" });
    const storageId = await this.#backend.ask("upload", { token, blob });
    if (storageId === null)
      throw badRequest("StorageTokenInvalid", "The upload token is invalid or has expired");
    return json({ storageId });
  }
}

export function json(data, status = 200) {
  return { status, headers: { "content-type": "application/json" }, data };
}
