// Reading what clients send over HTTP, with the complaints of the real backend.
import { randomBytes } from "node:crypto";
import { badRequest, RequestError, unauthenticated } from "./failures.mjs";
import { formatOf } from "./worker/values.mjs";

const MAX_BODY = 20 * 2 ** 20; // bytes: arguments are limited to 16 MiB

/** The whole body of a request. */
export async function readBody(request, limit = MAX_BODY) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new RequestError(413, "BadJsonBody", "length limit exceeded");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON object in a request's body. */
export async function readJson(request) {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw badRequest("BadJsonBody", "Expected request with `Content-Type: application/json`");
  }
  const text = (await readBody(request)).toString("utf8");
  let json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badRequest("BadJsonBody", `Failed to parse the request body as JSON: ${error.message}`);
  }
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw cannotDeserialize("invalid type: expected a JSON object");
  }
  return json;
}

function cannotDeserialize(problem) {
  return badRequest("BadJsonBody", `Failed to deserialize the JSON body into the target type: ${problem}`);
}

/** What to call, from a request's parsed body. */
export function readFunctionCall(body, kind) {
  for (const field of ["path", "args"])
    if (body[field] === undefined) throw cannotDeserialize(`missing field \`${field}\``);
  if (typeof body.path !== "string") throw cannotDeserialize("path: invalid type, expected a string");
  checkPath(body.path);
  return { kind, path: body.path, args: readArgs(body.args), format: readFormat(body.format) };
}

/** Arguments are an object; a list with one is how old clients send them. */
export function readArgs(args) {
  const one = Array.isArray(args) && args.length <= 1 ? (args[0] ?? {}) : args;
  if (one === null || typeof one !== "object" || Array.isArray(one)) {
    throw cannotDeserialize("args: invalid type, expected an object");
  }
  return one;
}

export function readFormat(name) {
  const format = formatOf(name);
  if (format === null) throw badRequest("BadFormat", `format param must be one of [\`json\`]. Got ${name}`);
  return format;
}

/** Refuse what cannot name a function. */
export function checkPath(path) {
  const [module, name, ...rest] = path.split(":");
  const parts = module.replace(/\.js$/, "").split("/");
  const isValid =
    rest.length === 0 &&
    parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part) && !/^\.*$/.test(part)) &&
    (name === undefined || /^[A-Za-z_$][\w$]*$/.test(name));
  if (!isValid) {
    throw badRequest("BadConvexFunctionIdentifier", `${path} is not a valid path to a Convex function.`);
  }
}

/** The token in an Authorization header: `{ token }` of a user, `{ key }` of an admin, or neither. */
export function readAuthorization(header) {
  if (header === undefined) return { token: null, key: null };
  const [, scheme, value] = /^(bearer|convex)\s+(.*)$/i.exec(header) ?? [];
  if (scheme === undefined) throw unauthenticated("InvalidAuthHeader", "Header must begin with `bearer `");
  const isUser = scheme.toLowerCase() === "bearer";
  return { token: isUser ? value.trim() : null, key: isUser ? null : value.trim() };
}

/** What a function may know about the request that called it. */
export function metaOf(request, token) {
  return {
    ip: request.socket.remoteAddress ?? null,
    userAgent: request.headers["user-agent"] ?? null,
    requestId: randomBytes(8).toString("hex"),
    scheduledFunctionId: null,
    authToken: token,
  };
}

/** A name that merely resolves to this machine is how other pages reach local servers. */
export function checkHost({ headers: { host = "" } }) {
  const name = host.replace(/:\d+$/, "");
  const isLocal = ["127.0.0.1", "localhost", "[::1]", ""].includes(name) || name.endsWith(".localhost");
  if (!isLocal)
    throw new RequestError(403, "BadHost", `this server answers on loopback only, not as ${name}`);
}
