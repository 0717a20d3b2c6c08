/// <reference types="vite/client" />
/**
 * The cases of access.test.ts: what strangers attempt, and what they must get.
 *
 * Each domain lists its public functions and routes in access.cases.ts; a function without a case
 * fails the tests.
 */
import type { ErrorCode } from "./lib/errors";
import { modules, type Backend, type Visitor } from "./test.setup";

/** An error with this code, or this very answer. */
export type Outcome = ErrorCode | { answer: unknown };

export interface AccessCase {
  /** Reaches, in the visitor's name, for something that belongs to somebody else. */
  attempt: (visitor: Visitor, t: Backend) => Promise<unknown>;
  /** For a signed-in member who is not the owner, or not an administrator. */
  wrongCaller: Outcome;
  /** For somebody without a token. Default: UNAUTHENTICATED. */
  anonymous?: Outcome;
}

/** By the name of the function, `users/public:me`, or of the route, `GET /me`. */
export type AccessCases = Record<string, AccessCase>;

interface RegisteredFunction {
  isPublic?: true;
  exportArgs: () => string;
  exportReturns: () => string;
}

/** Every function of the deployment, public and internal, by its name. */
export async function registeredFunctions() {
  const functions: Record<string, RegisteredFunction> = {};
  for (const [path, load] of Object.entries(modules)) {
    const module = path.replace(/^\.\/(.*)\.ts$/, "$1");
    const exports = (await load()) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exports)) {
      if (isRegistered(value)) functions[`${module}:${name}`] = value;
    }
  }
  return functions;
}

function isRegistered(value: unknown): value is RegisteredFunction {
  return typeof value === "function" && "exportArgs" in value;
}
