/**
 * Payments for the tests of this domain.
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { member, type Backend, type Visitor } from "../test.setup";

export const intent = (requestId = "request-1") => ({
  requestId,
  product: "pro",
  currency: "EUR" as const,
  method: "pm_card",
});

export async function started(visitor: Visitor, requestId?: string) {
  return await visitor.mutation(api.payments.public.start, intent(requestId));
}

/** A payment of somebody who is not part of the story. */
export async function foreignPayment(t: Backend): Promise<Id<"payments">> {
  return await started(await member(t, "owner"));
}

/** Writes many payments at once, all of them to be checked at `checkAt`. */
export async function manyPayments(
  t: Backend,
  ownerId: Id<"users">,
  count: number,
  checkAt: number,
): Promise<void> {
  await t.run(async (ctx) => {
    for (let i = 0; i < count; i += 1) {
      await ctx.db.insert("payments", {
        ownerId,
        product: "pro",
        currency: "EUR",
        amount: 9900,
        method: "pm_card",
        refunded: 0,
        state: { kind: "charging", checkAt },
      });
    }
  });
}

/** What a charge of `paymentId` looks like when all went well. */
export const chargeOf = (paymentId: Id<"payments">) => ({
  chargeId: "ch_1",
  reference: paymentId as string,
  status: "succeeded" as const,
  amount: 9900,
  currency: "EUR",
  refunded: 0,
});
