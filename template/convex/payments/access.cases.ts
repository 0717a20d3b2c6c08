/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { appError, type ErrorCode } from "../lib/errors";
import { firstPage } from "../test.setup";
import { foreignPayment, started } from "./test.fixtures";

export const cases: AccessCases = {
  "payments/public:start": {
    // The same request id as the owner's must not find the owner's payment.
    attempt: async (visitor, t) => {
      const foreign = await foreignPayment(t);
      return (await started(visitor)) === foreign;
    },
    wrongCaller: { answer: false },
  },
  "payments/public:get": {
    attempt: async (visitor, t) =>
      await visitor.query(api.payments.public.get, { paymentId: await foreignPayment(t) }),
    wrongCaller: "NOT_FOUND",
  },
  "payments/public:list": {
    attempt: async (visitor, t) => {
      await foreignPayment(t);
      const { page } = await visitor.query(api.payments.public.list, firstPage());
      return page;
    },
    wrongCaller: { answer: [] },
  },
  "payments/public:listEntitlements": {
    attempt: async (visitor, t) => {
      const paymentId = await foreignPayment(t);
      await t.run(async (ctx) => {
        const payment = await ctx.db.get("payments", paymentId);
        if (payment === null) return;
        const { ownerId, product } = payment;
        await ctx.db.insert("entitlements", { ownerId, paymentId, product });
      });
      const { page } = await visitor.query(api.payments.public.listEntitlements, firstPage());
      return page;
    },
    wrongCaller: { answer: [] },
  },
  "payments/admin:listByState": {
    attempt: async (visitor) =>
      await visitor.query(api.payments.admin.listByState, { kind: "review", ...firstPage() }),
    wrongCaller: "FORBIDDEN",
  },
  "payments/admin:askAgain": {
    attempt: async (visitor, t) =>
      await visitor.mutation(api.payments.admin.askAgain, { paymentId: await foreignPayment(t) }),
    wrongCaller: "FORBIDDEN",
  },
  // Nobody but the provider can sign an event: whoever else is signed in makes no difference.
  "POST /webhooks/payments": {
    attempt: async (visitor) => {
      const event = JSON.stringify({ id: "evt_1", data: { object: {} } });
      const init = { method: "POST", body: event, headers: { "stripe-signature": "t=1,v1=00" } };
      const response = await visitor.fetch("/webhooks/payments", init);
      const body = (await response.json()) as { error?: { code: ErrorCode } };
      if (body.error) throw appError(body.error.code, "");
      return body;
    },
    wrongCaller: "UNAUTHENTICATED",
  },
};
