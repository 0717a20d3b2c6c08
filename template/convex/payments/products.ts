/**
 * What is for sale, and for how much. Pure: no ctx, no clock.
 */
import { appError } from "../lib/errors";

export type Currency = "EUR" | "GBP" | "USD";

interface Product {
  title: string;
  /** In minor units (cents, pence). */
  prices: Record<Currency, number>;
}

/** A constant keeps the example short; a shop has a table. */
const PRODUCTS: ReadonlyMap<string, Product> = new Map([
  ["pro", { title: "Pro, one year", prices: { EUR: 9900, GBP: 8900, USD: 10900 } }],
  ["team", { title: "Team, one year", prices: { EUR: 29900, GBP: 26900, USD: 32900 } }],
]);

/** The price comes from here and never from a client: that would be for the buyer to choose. */
export function priceOf(product: string, currency: Currency): number {
  return find(product).prices[currency];
}

export function titleOf(product: string): string {
  return find(product).title;
}

function find(product: string): Product {
  const found = PRODUCTS.get(product);
  if (found === undefined) throw appError("INVALID_ARGUMENT", "There is no such product.");
  return found;
}
