/**
 * What the provider says of charges: read from its answers and its events, and taken together.
 * Pure: no ctx, no clock. Whatever is no charge is null.
 */
import type { Infer } from "convex/values";
import type { charge } from "./tables";

export type Charge = Infer<typeof charge>;

/** What is known of a payment at the provider. */
export type Report = Charge | { status: "absent" } | { status: "chargedTwice" };

const STATUSES: readonly unknown[] = ["succeeded", "pending", "declined"];

/** A charge as the provider's API writes it. */
export function toCharge(value: unknown): Charge | null {
  if (!isRecord(value)) return null;
  const { id, reference, status, amount, currency, refunded = 0 } = value;
  const isCharge =
    typeof id === "string" &&
    typeof reference === "string" &&
    typeof currency === "string" &&
    STATUSES.includes(status) &&
    isAmount(amount) &&
    isAmount(refunded);
  if (!isCharge) return null;
  return {
    chargeId: id,
    reference,
    status: status as Charge["status"],
    amount,
    currency,
    refunded,
  };
}

/** `{ "data": [charge, …] }`, or null if it is anything else. */
export function toCharges(value: unknown): Charge[] | null {
  if (!isRecord(value) || !Array.isArray(value.data)) return null;
  const charges = value.data.map(toCharge);
  return charges.every((charge) => charge !== null) ? charges : null;
}

/** The charge that an event is about: `{ "data": { "object": charge } }`. Other events have none. */
export function chargeOfEvent(event: unknown): Charge | null {
  if (!isRecord(event) || !isRecord(event.data)) return null;
  return toCharge(event.data.object);
}

/** What all charges of one payment mean together. One whose money is here outweighs the others. */
export function reportOf(charges: Charge[]): Report {
  const kept = charges.filter(({ status, amount, refunded }) => {
    return status === "succeeded" && refunded < amount;
  });
  if (kept.length > 1) return { status: "chargedTwice" };
  const by = (wanted: Charge["status"]) => charges.find(({ status }) => status === wanted);
  return kept[0] ?? by("pending") ?? by("succeeded") ?? by("declined") ?? { status: "absent" };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
