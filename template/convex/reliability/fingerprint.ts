/**
 * Tells two requests apart without keeping either. Pure.
 */
import { convexToJson, type Value } from "convex/values";

/**
 * SHA-256 of the value, in hexadecimal. The order in which a client lists fields is no difference:
 * `convexToJson` sorts them.
 */
export async function fingerprint(request: Value): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(convexToJson(request)));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
