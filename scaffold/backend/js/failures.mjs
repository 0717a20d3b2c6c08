// What can go wrong, in the two places where it is told: to clients, and to whoever starts the server.

/** A request that is refused, in the shape of the real API: a status, a code and a message. */
export class RequestError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (code, message) => new RequestError(400, code, message);
export const unauthenticated = (code, message) => new RequestError(401, code, message);

/**
 * The server cannot start, or not with the code as it is now. `kind` tells the command what to say:
 * "missing", "old" or "old-convex" (a package), "code" (the project's code is wrong), "seed", "auth", "port".
 */
export class StartError extends Error {
  constructor(kind, message, details = {}) {
    super(message);
    this.kind = kind;
    this.details = details;
  }
}
