/**
 * Hashes, to recognise what must not be stored. Pure.
 */

/** SHA-256 of a text as UTF-8, in 64 hex digits. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
