/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage, member } from "../test.setup";
import { insert$Item } from "./test.fixtures";

export const cases: AccessCases = {
  "$domain/public:create$Item": {
    // The same request id as the owner's must not find the owner's row.
    attempt: async (visitor, t) => {
      const { create$Item } = api.$domain.public;
      const call = { requestId: "request-1", title: "A title" };
      const owner = await member(t, "owner");
      const foreign = await owner.mutation(create$Item, call);
      return (await visitor.mutation(create$Item, call)) === foreign;
    },
    wrongCaller: { answer: false },
  },
  "$domain/public:list$Items": {
    attempt: async (visitor, t) => {
      await insert$Item(t, (await member(t, "owner")).userId);
      const { list$Items } = api.$domain.public;
      return (await visitor.query(list$Items, firstPage())).page;
    },
    wrongCaller: { answer: [] },
  },
  "$domain/public:get$Item": {
    attempt: async (visitor, t) => {
      const owner = await member(t, "owner");
      const $itemId = await insert$Item(t, owner.userId);
      const { get$Item } = api.$domain.public;
      return await visitor.query(get$Item, { $itemId });
    },
    wrongCaller: "NOT_FOUND",
  },
};
