// The HTTP server: which part answers which path, and how answers and refusals are written.
import http from "node:http";
import { Api, isApi } from "./api.mjs";
import { Control } from "./control.mjs";
import { badRequest, RequestError, StartError } from "./failures.mjs";
import { checkHost, metaOf, readAuthorization, readBody } from "./requests.mjs";
import { acceptSync } from "./sync.mjs";
import { stringify } from "./wire.mjs";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-max-age": "86400",
};

export class Server {
  #http;
  #sockets = null;
  #backend;
  #begin;
  #started = new Promise((resolve) => (this.#begin = resolve));
  #api;
  #control;

  constructor() {
    this.#http = http.createServer((request, response) => void this.#respond(request, response));
    this.#http.keepAliveTimeout = 60_000;
  }

  /** Listen on loopback. Returns the URL. */
  async listen(port) {
    await new Promise((resolve, reject) => {
      this.#http.once("error", (error) =>
        reject(new StartError("port", error.message, { port, code: error.code })),
      );
      this.#http.listen(port, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  /** Answer requests from now on. */
  serve(backend, ws) {
    this.#backend = backend;
    this.#api = new Api(backend);
    this.#control = new Control(backend);
    this.#sockets = acceptSync(this.#http, ws, backend);
    this.#begin();
  }

  close() {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #respond(request, response) {
    let more = {};
    try {
      const url = urlOf(request);
      if (isApi(url.pathname)) more = cors(request); // routes of the project say themselves who may ask
      send(response, await this.#answer(request, url), more);
    } catch (error) {
      const { status, code, message } = asRefusal(error);
      send(response, { status, headers: JSON_TYPE, data: { code, message } }, more);
    }
  }

  async #answer(request, url) {
    checkHost(request);
    await this.#started; // who is early waits
    const { pathname } = url;
    if (pathname.startsWith("/_scaffold/")) return await this.#control.handle(request, url);
    if (isApi(pathname)) {
      if (request.method === "OPTIONS") return { status: 204, headers: {}, body: "" };
      return await this.#api.handle(request, url);
    }
    const answer = await this.#httpAction(request, url);
    return (answer.isRouted ? null : this.#wellKnown(pathname)) ?? answer;
  }

  /** What a deployment answers by itself, where the project has no route for it. */
  #wellKnown(pathname) {
    if (pathname === "/version")
      return { status: 200, headers: { ...CORS, "content-type": "text/plain" }, body: "unknown" };
    if (pathname === "/.well-known/jwks.json")
      return { status: 200, headers: { ...CORS, ...JSON_TYPE }, data: this.#backend.jwks() };
    if (pathname === "/.well-known/openid-configuration") {
      const { url } = this.#backend;
      const data = {
        issuer: url,
        jwks_uri: `${url}/.well-known/jwks.json`,
        authorization_endpoint: `${url}/oauth/authorize`,
      };
      return { status: 200, headers: { ...CORS, ...JSON_TYPE }, data };
    }
    return null;
  }

  /** Everything else is the project's: it may be asked for with or without the prefix /http. */
  async #httpAction(request, url) {
    const body = await readBody(request);
    const { token } = lenientAuthorization(request.headers.authorization);
    const path = url.pathname.replace(/^\/http(?=\/)/, "") + url.search;
    const headers = Object.entries(request.headersDistinct).flatMap(([name, values]) =>
      values.map((value) => [name, value]),
    );
    const identity = this.#identity(token);
    const answer = await this.#backend.fetch({
      method: request.method,
      path,
      headers,
      body,
      identity,
      meta: metaOf(request, token),
    });
    const { status, isRouted } = answer;
    return { status, isRouted, headers: grouped(answer.headers), body: Buffer.from(answer.body) };
  }

  /** HTTP actions may read the header as they like; only a token that is good makes an identity. */
  #identity(token) {
    try {
      return this.#backend.authenticate(token);
    } catch {
      return null;
    }
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function lenientAuthorization(header) {
  try {
    return readAuthorization(header);
  } catch {
    return { token: null };
  }
}

/** The address of a request, which is a path. */
function urlOf(request) {
  return new URL(`http://localhost${request.url.startsWith("/") ? "" : "/"}${request.url}`);
}

function cors(request) {
  const asked = request.headers["access-control-request-headers"];
  return asked ? { ...CORS, "access-control-allow-headers": asked } : CORS;
}

function send(response, { status, headers, data, body }, more) {
  const content = data === undefined ? body : stringify(data);
  response.writeHead(status, { ...headers, ...more });
  response.end(response.req.method === "HEAD" ? undefined : content);
}

function grouped(pairs) {
  const headers = {};
  for (const [name, value] of pairs) {
    if (name in headers) headers[name] = [headers[name], value].flat();
    else headers[name] = value;
  }
  delete headers["content-length"];
  delete headers["transfer-encoding"];
  return headers;
}

function asRefusal(error) {
  if (error instanceof RequestError) return error;
  if (error instanceof URIError || error.code === "ERR_INVALID_URL")
    return badRequest("BadUrl", error.message);
  return new RequestError(500, "InternalServerError", error.message);
}
