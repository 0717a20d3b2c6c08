// How errors of functions reach clients.

const CONVEX_ERROR = Symbol.for("ConvexError");

/** An error that the backend itself found in a call. It has no stack that would interest anybody. */
export class CallError extends Error {
  isCallError = true;
}

export function isConvexError(error) {
  return typeof error === "object" && error !== null && CONVEX_ERROR in error;
}

/** The message a client gets, without the line that names the request. */
export function describeError(error, functionsFolder) {
  if (error?.isCallError) return error.message;
  if (isConvexError(error))
    return `Uncaught ConvexError: ${dataText(error)}${frames(error, functionsFolder)}`;
  if (!(error instanceof Error)) return `Uncaught ${String(error)}`;
  const name = error.name || "Error";
  return `Uncaught ${name}: ${error.message}${frames(error, functionsFolder)}`;
}

function dataText(error) {
  return typeof error.data === "string" ? error.data : error.message;
}

/** The stack, reduced to the project's own files and written as the backend writes it. */
function frames(error, functionsFolder) {
  const lines = String(error.stack ?? "").split("\n");
  const marker = `${functionsFolder}/`;
  const own = lines.filter((line) => /^\s+at /.test(line) && line.includes(marker));
  return own.map((line) => `\n    at ${shorten(line.trim().slice(3), marker)}`).join("");
}

function shorten(frame, marker) {
  const start = frame.indexOf(marker);
  const name = /^(?<name>.*?)\s*\(/.exec(frame)?.groups.name ?? "<anonymous>";
  const place = frame.slice(start + marker.length).replace(/\)$/, "");
  return `${name} (../convex/${place})`;
}
