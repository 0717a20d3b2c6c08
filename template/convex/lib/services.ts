/**
 * Other programs of ours that call this backend: which there are, and what each may do.
 *
 * They send `Authorization: Bearer <token>`, a long random one for each. The variable SERVICE_TOKENS
 * holds no token, only what is needed to recognise one, so who can read it cannot use it:
 *
 *     {"billing": {"sha256": "<64 hex digits>", "permissions": ["users:read"]}}
 *
 * To change a token without a pause, list the new one under a second name, and drop the old one when
 * its last user has moved.
 */
import { sha256 } from "./digest";
import { serviceTokens } from "./env";
import { appError } from "./errors";
import { PERMISSIONS, type Permission } from "./permissions";

interface Service {
  name: string;
  sha256: string;
  permissions: readonly Permission[];
}

/** The name of the calling service, if it may do this. */
export async function requireService(request: Request, permission: Permission): Promise<string> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (token === undefined) throw appError("UNAUTHENTICATED", "Send the token of a service.");
  const digest = await sha256(token);
  const service = knownServices().find((known) => isEqual(known.sha256, digest));
  if (service === undefined) throw appError("UNAUTHENTICATED", "No service has this token.");
  if (!service.permissions.includes(permission)) throw appError("FORBIDDEN", "Not allowed.");
  return service.name;
}

/** What is written wrongly lets nobody in, and is a bug that the log names. */
function knownServices(): Service[] {
  return Object.entries(parsed(serviceTokens())).map(([name, entry]) => {
    if (!isEntry(entry)) {
      throw new Error(`SERVICE_TOKENS: ${name} needs sha256, in lower case, and permissions.`);
    }
    return { name, ...entry };
  });
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // The message of the parser would quote the variable.
  }
  throw new Error("SERVICE_TOKENS is no JSON object.");
}

function isEntry(entry: unknown): entry is Omit<Service, "name"> {
  if (typeof entry !== "object" || entry === null) return false;
  if (!("sha256" in entry) || !("permissions" in entry)) return false;
  const { sha256, permissions } = entry;
  return (
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Array.isArray(permissions) &&
    permissions.every((permission) => (PERMISSIONS as readonly unknown[]).includes(permission))
  );
}

/** In constant time: both have 64 characters, and all of them are always compared. */
function isEqual(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let i = 0; i < right.length; i += 1) difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}
