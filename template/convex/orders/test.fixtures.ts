/**
 * Orders for the tests of this domain.
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Backend, Visitor } from "../test.setup";
import { member } from "../test.setup";

/** 2 mugs and a poster: 3 pieces, 49.50 EUR. */
export const draft = (requestId = "request-1") => ({
  requestId,
  currency: "EUR" as const,
  items: [
    { sku: "mug", quantity: 2 },
    { sku: "poster", quantity: 1 },
  ],
});

export async function placed(visitor: Visitor, requestId?: string) {
  return await visitor.mutation(api.orders.public.place, draft(requestId));
}

/** An order of somebody who is not part of the story. */
export async function foreignOrder(t: Backend): Promise<Id<"orders">> {
  return await placed(await member(t, "owner"));
}

/** Writes many unpaid orders at once, all of them to be paid before `payBefore`. */
export async function manyOrders(
  t: Backend,
  ownerId: Id<"users">,
  count: number,
  payBefore = Date.now() + 1000,
): Promise<void> {
  await t.run(async (ctx) => {
    for (let i = 0; i < count; i += 1) {
      await ctx.db.insert("orders", {
        ownerId,
        requestId: `bulk-${i}`,
        currency: "EUR",
        items: [{ sku: "mug", quantity: 1, unitPrice: 1200 }],
        total: 1200,
        state: { kind: "unpaid", payBefore },
      });
    }
  });
}
