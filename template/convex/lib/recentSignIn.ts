/**
 * When the caller last proved who they are. For what must not be done from a stolen session, or at
 * a desk that somebody left: the client sends them to sign in again, then repeats the call.
 *
 * `iat` does not say it: tokens are renewed in silence. These claims do, each of some providers:
 *
 * | claim       | provider                 | meaning                                              |
 * | ----------- | ------------------------ | ---------------------------------------------------- |
 * | `auth_time` | Auth0, OpenID, your own  | seconds since 1970; Auth0 and OpenID providers send  |
 * |             |                          | it when the client asks with `max_age`               |
 * | `fva`       | Clerk                    | minutes between then and `iat`, of the first factor  |
 * | `sid`       | WorkOS                   | `session_…`, a ULID: it begins with when it was made |
 *
 * They are read from the token itself, which Convex has verified: identities of OpenID providers
 * leave some of them out. Queries cannot see the token, so this is for mutations and actions.
 */
import type { ActionCtx, MutationCtx } from "../_generated/server";
import { appError } from "./errors";

/** Time for a form with a few fields, and too short for a forgotten tab. In milliseconds. */
export const RECENT_SIGN_IN_MS = 10 * 60 * 1000;

type Claims = Record<string, unknown>;

/** Refuses callers who signed in too long ago, and those whose token does not say when. */
export async function requireRecentSignIn(ctx: MutationCtx | ActionCtx): Promise<void> {
  const { authToken } = await ctx.meta.getRequestMetadata();
  const signedIn = authToken === null ? null : signedInAt(claimsOf(authToken));
  if (signedIn === null || Date.now() - signedIn > RECENT_SIGN_IN_MS) {
    throw appError("REAUTHENTICATION_REQUIRED", "Sign in again, then repeat the call.");
  }
}

/** Milliseconds since 1970, or null where no claim says it. */
export function signedInAt(claims: Claims): number | null {
  return fromAuthTime(claims) ?? fromFactorAge(claims) ?? fromSession(claims);
}

function fromAuthTime({ auth_time }: Claims): number | null {
  return typeof auth_time === "number" ? auth_time * 1000 : null;
}

function fromFactorAge({ fva, iat }: Claims): number | null {
  const minutes: unknown = Array.isArray(fva) ? fva[0] : null;
  // -1 is for a factor that was never verified.
  if (typeof iat !== "number" || typeof minutes !== "number" || minutes < 0) return null;
  return iat * 1000 - minutes * 60_000;
}

const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SESSION = /^session_([0-7][0-9A-HJKMNP-TV-Z]{9})[0-9A-HJKMNP-TV-Z]{16}$/;

/** The first ten digits of a ULID are milliseconds since 1970, in Crockford's base 32. */
function fromSession({ sid }: Claims): number | null {
  const [, digits] = SESSION.exec(typeof sid === "string" ? sid : "") ?? [];
  if (digits === undefined) return null;
  return [...digits].reduce((time, digit) => time * 32 + BASE32.indexOf(digit), 0);
}

/** The payload of a token that has been verified already. */
function claimsOf(token: string): Claims {
  const payload = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
