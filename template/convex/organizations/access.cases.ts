/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage } from "../test.setup";
import { company, membershipOf } from "./test.fixtures";

const { create, get, invite, join, list, members, removeMember, setRole } =
  api.organizations.public;

export const cases: AccessCases = {
  "organizations/public:create": {
    // The same request id as the owner's must not find the owner's organization.
    attempt: async (visitor, t) => {
      const { organizationId } = await company(t);
      const own = await visitor.mutation(create, { requestId: "request-1", name: "Acme" });
      return own === organizationId;
    },
    wrongCaller: { answer: false },
  },
  "organizations/public:list": {
    attempt: async (visitor, t) => {
      await company(t);
      return (await visitor.query(list, firstPage())).page;
    },
    wrongCaller: { answer: [] },
  },
  "organizations/public:get": {
    attempt: async (visitor, t) => {
      const { organizationId } = await company(t);
      return await visitor.query(get, { organizationId });
    },
    wrongCaller: "NOT_FOUND",
  },
  "organizations/public:members": {
    attempt: async (visitor, t) => {
      const { organizationId } = await company(t);
      return await visitor.query(members, { organizationId, ...firstPage() });
    },
    wrongCaller: "NOT_FOUND",
  },
  "organizations/public:invite": {
    attempt: async (visitor, t) => {
      const { organizationId } = await company(t);
      return await visitor.mutation(invite, { organizationId, role: "member" });
    },
    wrongCaller: "NOT_FOUND",
  },
  "organizations/public:join": {
    attempt: async (visitor) => await visitor.mutation(join, { code: "guessed" }),
    wrongCaller: "NOT_FOUND",
  },
  "organizations/public:setRole": {
    attempt: async (visitor, t) => {
      const { organizationId, owner } = await company(t);
      const membershipId = await membershipOf(owner, organizationId, "Acme member");
      return await visitor.mutation(setRole, { membershipId, role: "owner" });
    },
    wrongCaller: "NOT_FOUND",
  },
  "organizations/public:removeMember": {
    attempt: async (visitor, t) => {
      const { organizationId, owner } = await company(t);
      const membershipId = await membershipOf(owner, organizationId, "Acme member");
      return await visitor.mutation(removeMember, { membershipId });
    },
    wrongCaller: "NOT_FOUND",
  },
};
