/**
 * Deliveries of other services' webhooks: that they are genuine, recent, and which event they bring.
 * Knows requests, keys and the clock only; for HTTP actions.
 *
 * | scheme     | who signs like that            | what is signed with HMAC-SHA256 | key                   |
 * | ---------- | ------------------------------ | ------------------------------- | --------------------- |
 * | `stripe`   | Stripe                         | `time.body`                     | the secret as it is   |
 * | `standard` | Svix, Clerk, Standard Webhooks | `id.time.body`                  | base64 after `whsec_` |
 * | `github`   | GitHub                         | `body`                          | the secret as it is   |
 *
 * The signature is over bytes, so the body is read once, as bytes, and parsed after it was verified:
 * the same JSON written in another way is another body.
 */
import { appError } from "./errors";

export type Scheme = keyof typeof SCHEMES;

export interface Delivery {
  /**
   * The sender's id of this event, the same however often it is delivered. Claim it in the mutation
   * that applies the event. GitHub signs neither it nor the time: there, whoever has seen a delivery
   * can send it again under another id, so make the effect one that can be repeated.
   */
  eventId: string;
  /** Genuine, and still unknown: check what you use of it. */
  event: unknown;
}

/** How far the sender's clock and ours may be apart, in seconds; also how long a copy is of use. */
export const TOLERANCE_S = 300;

/** Bytes of a body, at most. Events name things instead of holding them; GitHub's alone are longer. */
export const MAX_DELIVERY_BYTES = 1024 * 1024;

/** Signatures in one delivery: senders that change their key send two. */
const MAX_SIGNATURES = 8;

/** What the headers of a delivery say. */
interface Claims {
  eventId: string | null;
  /** In seconds since 1970; null where the scheme has none. */
  sentAt: number | null;
  /** What is signed before the body. */
  prefix: string;
  signatures: Bytes[];
}

interface SchemeRules {
  claims: (headers: Headers) => Claims | null;
  key: (secret: string) => Bytes;
  /** Where the id stands in a genuine event, for schemes without one in the headers. */
  idIn?: (event: object) => unknown;
}

type Bytes = Uint8Array<ArrayBuffer>;

const SCHEMES = {
  stripe: {
    claims: stripeClaims,
    key: utf8,
    idIn: (event) => ("id" in event ? event.id : null),
  },
  standard: { claims: standardClaims, key: standardKey },
  github: { claims: githubClaims, key: utf8 },
} satisfies Record<string, SchemeRules>;

/**
 * The event of a request, if its signature is right; otherwise UNAUTHENTICATED, whatever is wrong,
 * and nothing of the body has been looked at. Without a secret nothing is genuine.
 */
export async function verifyDelivery(
  request: Request,
  scheme: Scheme,
  secret: string | null,
): Promise<Delivery> {
  const rules: SchemeRules = SCHEMES[scheme];
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.byteLength > MAX_DELIVERY_BYTES) {
    throw appError("INVALID_ARGUMENT", "The body is too long.");
  }
  const claims = rules.claims(request.headers);
  if (secret === null || claims === null || !isRecent(claims.sentAt)) throw notGenuine();
  if (!(await isSigned(claims, body, rules.key(secret)))) throw notGenuine();

  const event = parsed(body);
  const eventId = claims.eventId ?? rules.idIn?.(event);
  if (typeof eventId !== "string" || eventId === "") {
    throw appError("INVALID_ARGUMENT", "The event has no id.");
  }
  return { eventId, event };
}

/** `t=1492774577,v1=5257a8…,v1=…`; other versions than v1 may stand beside it. */
function stripeClaims(headers: Headers): Claims | null {
  const pairs = (headers.get("stripe-signature") ?? "").split(",").map((pair) => pair.split("="));
  const time = pairs.find(([name]) => name?.trim() === "t")?.[1] ?? "";
  const signatures = pairs.filter(([name]) => name?.trim() === "v1").map(([, hex]) => hex ?? "");
  const sentAt = seconds(time);
  if (sentAt === null) return null;
  return { eventId: null, sentAt, prefix: `${time}.`, signatures: bytesOf(signatures, fromHex) };
}

/** `v1,g0hM9S… v1,bm9ldH…`, under the names of Svix or those of the standard. */
function standardClaims(headers: Headers): Claims | null {
  const header = (name: string) =>
    headers.get(`svix-${name}`) ?? headers.get(`webhook-${name}`) ?? "";
  const [eventId, time] = [header("id"), header("timestamp")];
  const sentAt = seconds(time);
  if (eventId === "" || sentAt === null) return null;
  const signatures = header("signature")
    .split(" ")
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => signature.slice("v1,".length));
  const prefix = `${eventId}.${time}.`;
  return { eventId, sentAt, prefix, signatures: bytesOf(signatures, fromBase64) };
}

/** `sha256=757107…`. */
function githubClaims(headers: Headers): Claims | null {
  const eventId = headers.get("x-github-delivery");
  const [, hex] = /^sha256=(.*)$/.exec(headers.get("x-hub-signature-256") ?? "") ?? [];
  if (eventId === null || hex === undefined) return null;
  return { eventId, sentAt: null, prefix: "", signatures: bytesOf([hex], fromHex) };
}

function standardKey(secret: string): Bytes {
  const key = fromBase64(secret.replace(/^whsec_/, ""));
  if (key === null) throw new Error("The secret of the webhook is no base64 after `whsec_`.");
  return key;
}

function isRecent(sentAt: number | null): boolean {
  return sentAt === null || Math.abs(Date.now() / 1000 - sentAt) <= TOLERANCE_S;
}

/** Compares in constant time: a comparison that stops early tells how much of a guess was right. */
async function isSigned(claims: Claims, body: Bytes, key: Bytes): Promise<boolean> {
  // An empty key is one that everybody knows.
  if (key.byteLength === 0) throw new Error("The secret of the webhook is empty.");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const hmacKey = await crypto.subtle.importKey("raw", key, hmac, false, ["verify"]);
  const signed = joined(utf8(claims.prefix), body);
  const verdicts = claims.signatures.map((signature) =>
    crypto.subtle.verify("HMAC", hmacKey, signature, signed),
  );
  return (await Promise.all(verdicts)).includes(true);
}

function parsed(body: Bytes): object {
  try {
    const event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
    if (typeof event === "object" && event !== null) return event;
  } catch {
    // Answered below.
  }
  throw appError("INVALID_ARGUMENT", "The body is no JSON object.");
}

function seconds(text: string): number | null {
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function bytesOf(texts: string[], decode: (text: string) => Bytes | null): Bytes[] {
  const decoded = texts.slice(0, MAX_SIGNATURES).map(decode);
  return decoded.filter((bytes) => bytes !== null);
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function fromHex(text: string): Bytes | null {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function joined(first: Bytes, second: Bytes): Bytes {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}

function notGenuine() {
  return appError("UNAUTHENTICATED", "The signature is missing, wrong or too old.");
}
