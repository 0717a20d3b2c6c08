/**
 * A payment provider for tests: a model of a real one, reached through `fetch`.
 *
 * It keeps charges, and answers to keys the way Stripe does: the first answer to a key is the answer
 * to that key for ever, be it an error. It sends signed events, and sends them again until somebody
 * answers with a 2xx.
 */
import { vi } from "vitest";

export const PROVIDER_URL = "https://provider.test/v1";
const API_KEY = "provider-key";
const WEBHOOK_SECRET = "whsec_provider";

/** A token whose bank says no, and one whose bank takes its time. */
export const DECLINED_METHOD = "pm_declined";
export const SLOW_METHOD = "pm_slow";

export interface ProviderCharge {
  id: string;
  reference: string;
  status: "succeeded" | "pending" | "declined";
  amount: number;
  currency: string;
  refunded: number;
}

export interface ProviderEvent {
  id: string;
  /** In milliseconds since 1970. */
  createdAt: number;
  /** The charge as it was then, not as it is when the event arrives. */
  data: { object: ProviderCharge };
}

/** Hands a delivery to the backend, and returns the status of its answer. */
export type Deliver = (body: string, headers: Record<string, string>) => Promise<number>;

interface Answer {
  status: number;
  body: unknown;
}

export class Provider {
  readonly charges: ProviderCharge[] = [];
  /** Events that nobody has taken yet, oldest first. */
  outbox: ProviderEvent[] = [];
  private readonly answers = new Map<string, Answer & { request: string }>();
  private events = 0;

  answer(url: URL, init: RequestInit): Response {
    const headers = new Headers(init.headers);
    if (headers.get("Authorization") !== `Bearer ${API_KEY}`) return toResponse(failure(401));
    if (init.method !== "POST") {
      const reference = url.searchParams.get("reference");
      const data = this.charges.filter((charge) => charge.reference === reference);
      return Response.json({ data });
    }
    const body = typeof init.body === "string" ? init.body : "";
    return toResponse(this.once(headers.get("Idempotency-Key"), body, () => this.charge(body)));
  }

  /** Makes the charge, and remembers an error of its own as the answer. */
  failAfterCharging(init: RequestInit): Response {
    const key = new Headers(init.headers).get("Idempotency-Key");
    const body = typeof init.body === "string" ? init.body : "";
    const answer = this.once(key, body, () => {
      this.charge(body);
      return failure(500);
    });
    return toResponse(answer);
  }

  /** Net of what was given back: what this provider owes the shop. */
  balance(): number {
    const kept = this.charges.filter(({ status }) => status === "succeeded");
    return kept.reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
  }

  succeeded(): ProviderCharge[] {
    return this.charges.filter(({ status }) => status === "succeeded");
  }

  /** The bank of a pending charge has made up its mind. */
  finishPending(): void {
    for (const charge of this.charges) {
      if (charge.status !== "pending") continue;
      charge.status = "succeeded";
      this.emit(charge);
    }
  }

  /** Somebody presses the button on the provider's own page. */
  refund(charge: ProviderCharge, amount: number): void {
    charge.refunded += amount;
    this.emit(charge);
  }

  /** Delivers one event, signed at this moment as Stripe does. Returns whether it was taken. */
  async deliver(event: ProviderEvent, deliver: Deliver): Promise<boolean> {
    const body = JSON.stringify(event);
    const status = await deliver(body, { "stripe-signature": await stripeSignature(body) });
    return status >= 200 && status < 300;
  }

  private once(key: string | null, request: string, act: () => Answer): Answer {
    const earlier = key === null ? undefined : this.answers.get(key);
    if (earlier !== undefined) return earlier.request === request ? earlier : failure(400);
    const answer = act();
    if (key !== null) this.answers.set(key, { ...answer, request });
    return answer;
  }

  private charge(body: string): Answer {
    const { method, ...wanted } = JSON.parse(body) as ProviderCharge & { method: string };
    const id = `ch_${this.charges.length + 1}`;
    const declined = method === DECLINED_METHOD;
    const status = declined ? "declined" : method === SLOW_METHOD ? "pending" : "succeeded";
    const charge: ProviderCharge = { ...wanted, id, status, refunded: 0 };
    this.charges.push(charge);
    if (status !== "pending") this.emit(charge);
    return { status: declined ? 402 : 200, body: { ...charge } };
  }

  private emit(charge: ProviderCharge): void {
    this.events += 1;
    this.outbox.push({
      id: `evt_${this.events}`,
      createdAt: Date.now(),
      data: { object: { ...charge } },
    });
  }
}

/** The deployment's side of it. */
export function useProvider(): void {
  vi.stubEnv("PAYMENTS_API_URL", PROVIDER_URL);
  vi.stubEnv("PAYMENTS_API_KEY", API_KEY);
  vi.stubEnv("PAYMENTS_WEBHOOK_SECRET", WEBHOOK_SECRET);
}

async function stripeSignature(body: string): Promise<string> {
  const time = Math.floor(Date.now() / 1000);
  const encode = (text: string) => new TextEncoder().encode(text);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encode(WEBHOOK_SECRET), hmac, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(`${time}.${body}`)));
  const hex = [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `t=${time},v1=${hex}`;
}

function failure(status: number): Answer {
  return { status, body: { error: status } };
}

function toResponse({ status, body }: Answer): Response {
  return Response.json(body, { status });
}
