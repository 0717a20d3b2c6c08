// The project's functions: which there are, and what surrounds each of their runs.
import { currentCall, currentFunction } from "./context.mjs";
import { CallError } from "./errors.mjs";
import { restoreGlobals } from "./globals.mjs";
import { explainMismatch } from "./validators.mjs";

const TYPES = { query: "isQuery", mutation: "isMutation", action: "isAction" };

/** Titles that error messages use. */
export const TYPE_TITLES = { query: "Query", mutation: "Mutation", action: "Action" };

/** "dir/mod:fn", "dir/mod.js:fn" or "dir/mod" (its default export), in the first of these forms. */
export function canonicalPath(path) {
  const [module, name = "default"] = path.split(":");
  return `${module.replace(/\.js$/, "")}:${name}`;
}

/** What a registered function is, or null for any other export. */
export function describeFunction(value, component, path) {
  if (typeof value !== "function") return null;
  const type = Object.keys(TYPES).find((name) => value[TYPES[name]] === true);
  if (type === undefined || typeof value.exportArgs !== "function") return null;
  return {
    component,
    path,
    type,
    visibility: value.isPublic ? "public" : "internal",
    args: JSON.parse(value.exportArgs()),
    returns: JSON.parse(value.exportReturns()),
  };
}

/**
 * A module whose functions validate their arguments and results themselves, inside of their
 * transaction, whoever calls them: a client, a schedule, or another function.
 */
export function instrumentModule(exports, component, module, runtime) {
  const instrumented = {};
  for (const [name, value] of Object.entries(exports)) {
    const info = describeFunction(value, component, `${module}:${name}`);
    instrumented[name] = info ? instrument(value, info, runtime) : value;
  }
  return instrumented;
}

function instrument(registered, info, runtime) {
  const stand = (...args) => registered(...args);
  Object.assign(stand, registered);
  stand.exportArgs = () => '{"type":"any"}';
  stand.exportReturns = () => "null";
  stand._handler = (ctx, args) => runFunction(registered._handler, info, ctx, args, runtime);
  return stand;
}

async function runFunction(handler, info, ctx, args, runtime) {
  currentCall.getStore()?.onStart();
  const caller = currentFunction.getStore()?.type ?? "action"; // where there is none, as in an action
  try {
    return await validated(handler, info, ctx, args, runtime);
  } finally {
    if (caller === "action") restoreGlobals(); // a transaction is left as convex-test has made it
  }
}

async function validated(handler, info, ctx, args, runtime) {
  const wrong = explainMismatch(info.args, args);
  if (wrong !== null) throw new CallError(`ArgumentValidationError: ${wrong}`);
  const isTransaction = info.type !== "action";
  const now = isTransaction ? (currentFunction.getStore()?.now ?? runtime.clock.now()) : undefined;
  return await currentFunction.run({ ...info, now }, async () => {
    const result = await handler(runtime.extendContext(ctx, info), args);
    const mismatch = info.returns === null ? null : explainMismatch(info.returns, result ?? null);
    if (mismatch !== null) throw new CallError(`ReturnsValidationError: ${mismatch}`);
    return result;
  });
}
