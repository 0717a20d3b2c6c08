/**
 * The carrier's API. The only file of this domain that talks to the outside; for actions only.
 *
 * Nothing that comes back is trusted: it is parsed as unknown, checked, and reduced to the one
 * number we asked for.
 */
import { serviceUrl } from "../lib/env";
import { appError } from "../lib/errors";
import type { Currency } from "./pricing";

/** In milliseconds. A person is waiting; the carrier's own promise is one second. */
const TIMEOUT_MS = 5000;

/** In minor units. Far above any real quote: a larger one is a mistake. */
const MAX_AMOUNT = 1_000_000;

export interface Parcel {
  currency: Currency;
  pieces: number;
}

/** A read-only GET, so asking twice does no harm. What writes needs an idempotency key. */
export async function fetchQuote({
  currency,
  pieces,
  country,
}: Parcel & { country: string }): Promise<number> {
  if (!/^[A-Z]{2}$/.test(country)) {
    throw appError("INVALID_ARGUMENT", "A country has two capital letters.");
  }
  const url = quotesUrl();
  url.searchParams.set("country", country);
  url.searchParams.set("currency", currency);
  url.searchParams.set("pieces", String(pieces));
  return parseQuote(await getJson(url), currency);
}

function quotesUrl(): URL {
  const base = serviceUrl("SHIPPING_API_URL");
  if (base === null) throw failed("SHIPPING_API_URL is not set.");
  return new URL("quotes", base);
}

async function getJson(url: URL): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw failed("The carrier cannot be reached.");
  }
  if (!response.ok) throw failed(`The carrier answered ${response.status}.`);
  try {
    return await response.json();
  } catch {
    throw failed("The carrier did not answer in JSON.");
  }
}

function parseQuote(quote: unknown, currency: Currency): number {
  const isQuote =
    typeof quote === "object" && quote !== null && "amount" in quote && "currency" in quote;
  if (!isQuote || quote.currency !== currency) {
    throw failed("The carrier answered something else than a quote.");
  }
  const { amount } = quote;
  if (!isAmount(amount)) {
    throw failed("The carrier's quote makes no sense.");
  }
  return amount;
}

function isAmount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_AMOUNT;
}

function failed(message: string) {
  return appError("UPSTREAM_FAILED", message);
}
