/**
 * What the provider's webhook says about its users. Pure; knows the shape of Clerk's events, which
 * anything else that keeps to Standard Webhooks can send as well:
 *
 *     { "type": "user.updated", "data": { "id": "user_2abc", "first_name": "Ann", … } }
 */
import { v, type Infer } from "convex/values";

export const userEvent = v.union(
  v.object({
    kind: v.literal("changed"),
    subject: v.string(),
    /** When it changed there, in milliseconds since 1970: deliveries overtake each other. */
    changedAt: v.number(),
    name: v.optional(v.string()),
    email: v.optional(v.string()),
  }),
  v.object({ kind: v.literal("deleted"), subject: v.string() }),
);

export type UserEvent = Infer<typeof userEvent>;

type Fields = Record<string, unknown>;

/** Null for what is about something else, or has another shape: nothing is to be done about it. */
export function toUserEvent(event: unknown): UserEvent | null {
  if (!isFields(event) || !isFields(event.data)) return null;
  const { type, data } = event;
  const subject = data.id;
  if (typeof subject !== "string" || subject === "") return null;
  if (type === "user.deleted") return { kind: "deleted", subject };
  if (type !== "user.created" && type !== "user.updated") return null;
  if (typeof data.updated_at !== "number") return null;
  return {
    kind: "changed",
    subject,
    changedAt: data.updated_at,
    name: fullName(data),
    email: primaryEmail(data),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function fullName({ first_name, last_name }: Fields): string | undefined {
  const names = [first_name, last_name].filter((name) => typeof name === "string" && name !== "");
  return names.length === 0 ? undefined : names.join(" ");
}

/** The one they chose; the others may be old, or somebody else's by now. */
function primaryEmail({ email_addresses, primary_email_address_id }: Fields): string | undefined {
  const addresses: unknown[] = Array.isArray(email_addresses) ? email_addresses : [];
  const primary = addresses
    .filter(isFields)
    .find(({ id }) => id !== undefined && id === primary_email_address_id);
  const address = primary?.email_address;
  return typeof address === "string" ? address : undefined;
}
