/**
 * Tells two requests apart without keeping either. Pure.
 */
import { convexToJson, type JSONValue, type Value } from "convex/values";

/** SHA-256 of the value, in hexadecimal. The order in which a client lists fields is no difference. */
export async function fingerprint(request: Value): Promise<string> {
  const bytes = new TextEncoder().encode(canonical(convexToJson(request)));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function canonical(value: JSONValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(",")}}`;
}
