/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { member } from "../test.setup";
import { insert$Item } from "./test.fixtures";

export const cases: AccessCases = {
  "$domain/admin:$name": {
    attempt: async (visitor, t) => {
      const owner = await member(t, "owner");
      const $itemId = await insert$Item(t, owner.userId);
      const { $name } = api.$domain.admin;
      return await visitor.mutation($name, { $itemId });
    },
    wrongCaller: "FORBIDDEN",
  },
};
