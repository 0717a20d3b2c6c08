/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage, getJson, member } from "../test.setup";

export const cases: AccessCases = {
  "users/public:me": {
    attempt: async (visitor, t) => {
      const owner = await member(t, "owner");
      const me = await visitor.query(api.users.public.me, {});
      return me?.userId === owner.userId;
    },
    wrongCaller: { answer: false },
  },
  "users/public:store": {
    attempt: async (visitor, t) => {
      const owner = await member(t, "owner");
      const userId = await visitor.mutation(api.users.public.store, {});
      return userId === owner.userId;
    },
    wrongCaller: { answer: false },
  },
  "users/admin:list": {
    attempt: async (visitor) => await visitor.query(api.users.admin.list, firstPage()),
    wrongCaller: "FORBIDDEN",
  },
  "users/admin:setRole": {
    attempt: async (visitor, t) => {
      const { userId } = await member(t, "victim");
      await visitor.mutation(api.users.admin.setRole, {
        userId,
        role: "admin",
      });
    },
    wrongCaller: "FORBIDDEN",
  },
  "GET /me": {
    attempt: async (visitor, t) => {
      const owner = await member(t, "owner");
      const me = (await getJson(visitor, "/me")) as { userId: string };
      return me.userId === owner.userId;
    },
    wrongCaller: { answer: false },
  },
  "GET /users/counts": {
    attempt: async (visitor) => await getJson(visitor, "/users/counts"),
    wrongCaller: "UNAUTHENTICATED",
  },
  "POST /webhooks/users": {
    attempt: async (visitor) => {
      const event = { type: "user.deleted", data: { id: "owner" } };
      const body = JSON.stringify(event);
      return (await visitor.fetch("/webhooks/users", { method: "POST", body })).status;
    },
    anonymous: { answer: 401 },
    wrongCaller: { answer: 401 },
  },
};
