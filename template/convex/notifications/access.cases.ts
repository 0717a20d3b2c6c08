/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage } from "../test.setup";
import { foreignNotification } from "./test.fixtures";

export const cases: AccessCases = {
  "notifications/public:list": {
    attempt: async (visitor, t) => {
      await foreignNotification(t);
      const { page } = await visitor.query(api.notifications.public.list, firstPage());
      return page;
    },
    wrongCaller: { answer: [] },
  },
  "notifications/public:markRead": {
    attempt: async (visitor, t) =>
      await visitor.mutation(api.notifications.public.markRead, {
        notificationId: await foreignNotification(t),
      }),
    wrongCaller: "NOT_FOUND",
  },
  "notifications/admin:listByDelivery": {
    attempt: async (visitor) =>
      await visitor.query(api.notifications.admin.listByDelivery, {
        kind: "undelivered",
        ...firstPage(),
      }),
    wrongCaller: "FORBIDDEN",
  },
  "notifications/admin:resend": {
    attempt: async (visitor, t) =>
      await visitor.mutation(api.notifications.admin.resend, {
        notificationId: await foreignNotification(t),
      }),
    wrongCaller: "FORBIDDEN",
  },
};
