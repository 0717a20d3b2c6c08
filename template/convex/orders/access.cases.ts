/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage, getJson } from "../test.setup";
import { foreignOrder, placed } from "./test.fixtures";

export const cases: AccessCases = {
  "orders/public:place": {
    // The same request id as the owner's must not find the owner's order.
    attempt: async (visitor, t) => {
      const foreign = await foreignOrder(t);
      return (await placed(visitor)) === foreign;
    },
    wrongCaller: { answer: false },
  },
  "orders/public:list": {
    attempt: async (visitor, t) => {
      await foreignOrder(t);
      const { page } = await visitor.query(api.orders.public.list, firstPage());
      return page;
    },
    wrongCaller: { answer: [] },
  },
  "orders/public:get": {
    attempt: async (visitor, t) =>
      await visitor.query(api.orders.public.get, {
        orderId: await foreignOrder(t),
      }),
    wrongCaller: "NOT_FOUND",
  },
  "orders/public:cancel": {
    attempt: async (visitor, t) =>
      await visitor.mutation(api.orders.public.cancel, {
        orderId: await foreignOrder(t),
      }),
    wrongCaller: "NOT_FOUND",
  },
  "orders/public:quoteShipping": {
    attempt: async (visitor, t) =>
      await visitor.action(api.orders.public.quoteShipping, {
        orderId: await foreignOrder(t),
        country: "DE",
      }),
    wrongCaller: "NOT_FOUND",
  },
  "orders/admin:listByState": {
    attempt: async (visitor) =>
      await visitor.query(api.orders.admin.listByState, {
        kind: "unpaid",
        ...firstPage(),
      }),
    wrongCaller: "FORBIDDEN",
  },
  "GET /orders": {
    attempt: async (visitor, t) => {
      await foreignOrder(t);
      return await getJson(visitor, "/orders");
    },
    wrongCaller: { answer: { orders: [] } },
  },
};
