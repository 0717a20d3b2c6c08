/**
 * What an order costs. Pure: no ctx, no clock.
 */
import { type Infer } from "convex/values";
import { appError } from "../lib/errors";
import { currency, orderItem } from "./tables";

/** What a client asks for. No price: that would be for the buyer to choose. */
export const wantedItem = orderItem.omit("unitPrice");

export type Currency = Infer<typeof currency>;
export type OrderItem = Infer<typeof orderItem>;
type WantedItem = Infer<typeof wantedItem>;

/** Lines in one order: keeps the document far below 1 MiB, and no basket is longer. */
export const MAX_ITEMS = 50;

/** Pieces in one line. With MAX_ITEMS and real prices, a total stays an exact integer. */
export const MAX_QUANTITY = 1000;

/** The price list, in minor units. A constant keeps the example short; a shop has a table. */
const PRICES: ReadonlyMap<string, Record<Currency, number>> = new Map([
  ["mug", { EUR: 1200, GBP: 1050, USD: 1300 }],
  ["poster", { EUR: 2550, GBP: 2200, USD: 2700 }],
]);

/** The items with today's prices. */
export function priced(items: readonly WantedItem[], currency: Currency): OrderItem[] {
  if (items.length < 1 || items.length > MAX_ITEMS) {
    throw appError("INVALID_ARGUMENT", `Order 1 to ${MAX_ITEMS} items.`);
  }
  return items.map((item) => ({
    ...item,
    unitPrice: unitPrice(item, currency),
  }));
}

export function totalOf(items: readonly OrderItem[]): number {
  return items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0);
}

export function piecesOf(items: readonly OrderItem[]): number {
  return items.reduce((sum, item) => sum + item.quantity, 0);
}

function unitPrice({ sku, quantity }: WantedItem, currency: Currency): number {
  const prices = PRICES.get(sku);
  if (prices === undefined) {
    throw appError("INVALID_ARGUMENT", "There is no such article.");
  }
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
    throw appError("INVALID_ARGUMENT", `Order 1 to ${MAX_QUANTITY} pieces.`);
  }
  return prices[currency];
}
