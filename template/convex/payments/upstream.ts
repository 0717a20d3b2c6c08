/**
 * The payment provider's API. The only file of this domain that talks to the outside; for actions
 * only. To use another provider, change this file and charges.ts.
 *
 *     POST charges               { amount, currency, method, reference } -> charge, or 402
 *     GET  charges?reference=…   -> { data: [charge, …] }
 *
 * Nothing that comes back is trusted: it is parsed as unknown, and checked. What did not come back
 * proves nothing either: a charge that timed out may have been made.
 */
import { secret, serviceUrl } from "../lib/env";
import { appError } from "../lib/errors";
import { toCharge, toCharges, type Charge } from "./charges";

/** In milliseconds. Banks take seconds; an attempt that hangs longer is made again. */
const TIMEOUT_MS = 20_000;

/** HTTP's "Payment Required": the bank was asked, and said no. */
const DECLINED = 402;

export interface Wanted {
  /** The payment's id: the provider's idempotency key, and the name to ask for it by. */
  reference: string;
  amount: number;
  currency: string;
  method: string;
}

/**
 * Takes the money, or hears that it cannot be had. To be repeated with the same `reference` as often
 * as need be: the provider makes one charge for one key, and remembers keys for 24 hours.
 */
export async function charge(wanted: Wanted): Promise<Charge> {
  const response = await call("charges", {
    method: "POST",
    headers: { "Idempotency-Key": wanted.reference },
    body: JSON.stringify(wanted),
  });
  if (!response.ok && response.status !== DECLINED) throw failed(`answered ${response.status}`);
  const made = toCharge(await json(response));
  if (made?.reference !== wanted.reference) throw failed("answered something else than a charge");
  return made;
}

/** All charges that were made for a payment. A read-only GET: asking twice does no harm. */
export async function chargesOf(reference: string): Promise<Charge[]> {
  const response = await call(`charges?reference=${encodeURIComponent(reference)}`, {});
  if (!response.ok) throw failed(`answered ${response.status}`);
  const charges = toCharges(await json(response));
  if (charges === null) throw failed("answered something else than charges");
  return charges.filter((made) => made.reference === reference);
}

async function call(path: string, init: RequestInit): Promise<Response> {
  const base = serviceUrl("PAYMENTS_API_URL");
  if (base === null) throw failed("has no PAYMENTS_API_URL");
  const headers = {
    Authorization: `Bearer ${secret("PAYMENTS_API_KEY") ?? ""}`,
    "Content-Type": "application/json",
    ...init.headers,
  };
  try {
    return await fetch(new URL(path, base), {
      ...init,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw failed("cannot be reached");
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw failed("did not answer in JSON");
  }
}

/** Always worth another attempt: even a refused key is repaired without a new payment. */
function failed(what: string) {
  return appError("UPSTREAM_FAILED", `The payment provider ${what}.`);
}
