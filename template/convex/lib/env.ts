/**
 * The environment variables, read with their defaults.
 *
 * The only module that reads `env`, apart from auth.config.ts, which Convex evaluates on its own.
 * Variables are declared in convex.config.ts; an undeclared name is a type error here.
 *
 * Read them inside functions, never at module level: what is read there stays as it was at deploy.
 */
import { env } from "../_generated/server";

/** Which calls leave a line in the log. Default: all. */
export function loggedCalls(): "all" | "errors" {
  return env.LOGGED_CALLS ?? "all";
}

/** Which services may call, as services.ts reads it. Default: none. */
export function serviceTokens(): string {
  return env.SERVICE_TOKENS ?? "{}";
}

/** How to recognise the provider's webhook, and whose users it is about. Default: there is none. */
export function usersWebhook(): { secret: string | null; issuer: string } {
  const { USERS_WEBHOOK_SECRET: secret, USERS_WEBHOOK_ISSUER: issuer } = env;
  if (secret === undefined) return { secret: null, issuer: "" };
  if (issuer === undefined) throw new Error("USERS_WEBHOOK_ISSUER is not set.");
  return { secret, issuer };
}

/**
 * The base URL of a service, or null where this deployment has none. It ends in a slash, so that
 * `new URL("quotes", base)` adds to its path.
 */
export function serviceUrl(name: keyof typeof env): URL | null {
  const value = env[name];
  if (value === undefined) return null;
  return new URL(value.endsWith("/") ? value : `${value}/`);
}

/** A key or a secret, or null where this deployment has none. */
export function secret(name: keyof typeof env): string | null {
  return env[name] ?? null;
}
